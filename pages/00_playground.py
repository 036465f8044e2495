"""The Playground: the live board and nothing else."""

from divviz.web import stage

DEMOS = {"board": stage.board}
