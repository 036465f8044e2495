"""SceneError: anything a visitor can cause, as a sentence that says what to do."""

from __future__ import annotations

from typing import Any

CLIP = 40

ERRORS: dict[str, str] = {
    "param": "{family}: {param} = {value} is out of range; use {allowed}.",
    "integer": "{family}: {param} = {value} must be a whole number; use {allowed}.",
    "number": "{family}: {param} = {value} is not a number; type a number such as 0.5.",
    "order": "{family}: {low} must be less than {high}; make {low} smaller or {high} larger.",
    "order_equal": "{family}: {low} must not exceed {high}; make {low} smaller or {high} larger.",
    "index": "one_hot: i = {value} must be below n = {n}; outcomes are counted from 0.",
    "arity": "{family} takes {count} values: {params}; {given} were given.",
    "family": "{family} is not a known distribution; choose one of: {known}.",
    "weight": "Weight number {position} is {value}; use numbers that are 0 or greater.",
    "weights_zero": "All weights are 0; make at least one of them positive.",
    "numbers_list": "A {value} is no list of numbers; give several, such as [0.2, 0.8].",
    "weights_count": "{count} weights were given; use 1 to {most}.",
    "support_length": "{weights} weights but {support} outcomes; give each weight its outcome.",
    "support": "Outcome number {position} is {value}; use numbers from -1e300 to 1e300.",
    "label": "{label} cannot name an outcome; use 1 to 40 characters, no ( ) , : + *, no number.",
    "label_twice": "The outcome {label} is named twice; give each outcome a name of its own.",
    "level": "Level number {position} is {value}; use whole numbers from 0 to 4095.",
    "levels_zero": "All levels are 0; draw at least one cell above 0.",
    "levels_count": "{count} cells were given; use 2 to 512.",
    "density_count": "{count} cells were given; use 1 to {most}.",
    "density_edges": "{cells} cells have {edges} edges; give one edge more than there are cells.",
    "density_order": "Edge number {position} is {value}; give the edges in ascending order, each "
    "once.",
    "mixture_count": "A mixture has 2 to 8 parts; {count} were given.",
    "mixture_kinds": "A mixture joins parts of one kind; do not mix densities with outcomes.",
    "mixture_weights": "{weights} weights for {parts} parts; give each part one weight.",
    "depth": "Distributions may stand inside one another up to {most} deep; take one level out.",
    "bound": "truncated: {param} = {value} is out of range; use -1e9 to 1e9, -inf or inf.",
    "truncated_empty": "Too little mass lies from {a} to {b}; choose an interval that holds more "
    "of it.",
    "transform_names": "{family} needs outcomes that are numbers; take their names away.",
    "transform_range": "{family}: by = {value} throws places together or out of range; "
    "use a number of ordinary size.",
    "kinds": "P is {p} and Q is {q}; compare two of one kind, or a sample with a density.",
    "labels": "P and Q have {p} and {q} outcomes, and only one names them; name both or none.",
    "unit": "{unit} is not a unit of information; choose one of: {known}.",
    "show": "{show} is not one of the numbers; choose one of: {known}.",
    "show_plain": "{measure} has no parameter; write it without brackets.",
    "show_extra": "After {measure} comes “{found}”; take that away.",
    "generator": "{generator} is not a generator; choose one of: {known}.",
    "critic": "The critic must give one number for each of the {count} places; return an array of "
    "that length.",
    "measure": "{measure} is not a measure; choose one of: {known}.",
    "measure_param": "{measure} has no parameter {name}; its parameters are: {params}.",
    "measure_needs": "{measure} needs {param}; give it a value, {allowed}.",
    "measure_two": "{measure} compares two distributions; give P and Q.",
    "dist": "{name} is a {value} and no distribution; make one with parse, pmf, density or "
    "samples.",
    "undefined": "{symbol} is undefined. {reason}",
    "locked": "This link keeps {name} as it is; change something else.",
    "flags_unknown": "{word}= in the link names {found}, which this page does not have; choose by "
    "hand with “Hide or lock parts”.",
    "flags_close": "{word}= in the link names {found}, which this page does not have; perhaps "
    "write {close}.",
    "flags_many": "{word}= in the link names too much; give at most {most} names.",
    "embed_parent": "parent= in the link is {found}, which is no site; write one without a path, "
    "such as https://lms.example.org.",
    "embed_answers": "answers= in the link is {found}; write answers=1 or leave it out.",
    "embed_whom": "answers=1 in the link does not say to whom; add the site, such as "
    "parent=https://lms.example.org.",
    "predict_unknown": "{word}= in the link names {found}, which is no number of this page; write "
    "one or two such as kl_pq,kl_qp.",
    "predict_many": "predict= in the link takes one number or two; {most} are kept.",
    "export_format": "{name} is no format that a page can be saved in; reload the page.",
    "export_rows": "P and Q have {count} outcomes, more than the {most} that a table holds; save "
    "the scene as JSON.",
    "wish": "{name} is nothing that this page can be asked for; reload the page.",
    "qr_dense": "A QR code of {length} characters is too dense to be read; copy the link instead.",
    "qr_link": "This is no address of a page; use the link that the dialog shows.",
    "file_empty": "This file is empty; choose one that holds numbers.",
    "file_binary": "This is no text; save the table as CSV and open that.",
    "file_damaged": "This JSON is damaged; save it again from the page and open the new file.",
    "file_foreign": "This JSON was not saved by DivViz; choose one that was, or a CSV table.",
    "file_format": "This JSON has the format {found}, which is newer than this page; reload the "
    "page or use a newer copy.",
    "file_page": "This JSON belongs to the page {page}, which is not here; choose another file.",
    "file_columns": "The table has {count} columns; keep at most {most}: names, P and Q.",
    "file_blank": "Line {line}: a cell is blank; fill it or take the line out.",
    "file_weight": "Line {line}: {found} is no weight; use numbers that are 0 or greater.",
    "file_label": "Line {line}: {label} cannot name an outcome; use 1 to 40 characters, no "
    "( ) , : + *, no number.",
    "file_twice": "Line {line}: {label} was named before; give each outcome one line.",
    "file_reading": "This table cannot be read as {name}; choose a reading that is offered.",
    "file_target": "{target} is not where a table can go; choose P, Q or both.",
    "target_empty": "The target is empty; write one such as kl_pq < 0.1.",
    "target_long": "The target has {length} characters; use at most {most}.",
    "target_deep": "The target has more than {most} brackets, signs or “not” inside one another; "
    "take some out.",
    "target_many": "The target makes more than {most} comparisons; take some out.",
    "target_ends": "The target stops after “{before}”; write a number or a name such as kl_pq "
    "next.",
    "target_operand": "At character {at} comes “{found}”; write a number or a name such as kl_pq "
    "there.",
    "target_close": "{name} at character {at} is no name in a target; perhaps write {close}.",
    "target_name": "{name} at character {at} is no name in a target; write the key of a number, "
    "such as kl_pq, or a parameter, such as q.sigma.",
    "target_truth": "{found} is a number; compare it, such as kl_pq < 0.5.",
    "target_number": "“{found}” is true or false, no number; join such parts by and, or, not.",
    "target_word": "{name} is a word; write == or != after it and one of: {known}.",
    "activity_link": "The activity in this link is damaged; copy the whole link again.",
    "activity_none": "There is no activity {name} here; copy the whole link again, or choose one "
    "on the page Activities.",
    "activity_long": "The activity has {length} characters; use at most {most}.",
    "activity_toml": "Line {line} cannot be read: “{found}”; write a key, = and a text between "
    'quotes, such as page = "playground".',
    "activity_key": "{name} is not a key of an activity; use one of: {known}.",
    "activity_close": "{name} is not a key of an activity; perhaps write {close}.",
    "activity_missing": "{name} is missing; add a line such as {example} to the activity.",
    "activity_value": "{name} is not written as it should be; write a line such as {example}.",
    "activity_words": "{name} has {length} characters; use at most {most}.",
    "activity_page": "{page} is not a page for activities; choose one of: {known}.",
    "activity_elsewhere": "This activity belongs to the page {page}; open its link without "
    "another page in it.",
    "activity_goal": "An activity has a target or choices, one of the two; a line such as "
    'target = "kl_pq < 0.1" gives it a target.',
    "activity_choices": "{count} choices were given; give {least} to {most}.",
    "activity_right": "{count} of the choices are right; write right = true at one of them.",
    "text_type": "A distribution is written as text; write one such as normal(0,1).",
    "text_empty": "Nothing is written here; write a distribution such as normal(0,1).",
    "text_long": "This text has {length} characters; use at most {longest}.",
    "text_start": "A distribution begins with its name; write one such as normal(0,1).",
    "text_ends": "The text stops after “{before}”; write {expected} next.",
    "text_expected": "After “{before}” comes “{found}”; write {expected} there.",
    "text_extra": "The distribution ends before “{found}”; take that away.",
    "text_number": "{found} is not a number; write one such as 0.5.",
    "text_finite": "{found} is too large; write a smaller number.",
    "text_close": "{name} is not a known distribution; perhaps write {close}.",
    "text_param": "{family} has no parameter {name}; use {params}.",
    "text_twice": "{family}: {name} is given twice; give it once.",
    "text_need_number": "After “{before}” a number is missing; write one such as 0.5.",
    "text_need_name": "After “{before}” a distribution is missing; write one such as normal(0,1).",
    "text_weight": "Each part of a mixture has a weight; write it as 0.5*normal(0,1).",
    "text_mixed": "Some outcomes are numbers, names or left out; use one of the three for all.",
    "text_outcomes": "{count} outcomes are more than the plot can show; use at most {most}.",
    "text_code": "The code of this drawn curve is damaged; copy the whole link again.",
    "link_type": "The link cannot be read; copy the whole link again.",
    "link_long": "The link is too long; use at most {longest} characters.",
    "fit_built": "{family} cannot be fitted; choose a family with parameters.",
    "fit_kind": "{family} is not {kind}; choose a {kind} family.",
    "fit_outside": "No {family} covers all of this shape; choose a family that reaches as far.",
    "fit_tail": "The tails of this shape are too heavy for {family}; "
    "choose a heavier-tailed family.",
    "fit_beyond": "Every {family} reaches where this shape has nothing, so KL(Q‖P) is infinite; "
    "minimise KL(P‖Q) or choose a family that ends where it ends.",
    "fit_light": "The tails of {family} are too heavy for this shape, so KL(Q‖P) is infinite; "
    "minimise KL(P‖Q) or choose a lighter-tailed family.",
    "fit_far": "The tails of this shape are too heavy for {objective}, which is infinite; "
    "minimise KL or JS instead.",
    "fit_whole": "{family} has only whole-number parameters, which have no slope; "
    "let the closest one be found instead.",
    "fit_start": "{objective} is infinite at {start}, so there is no slope; start nearer to P.",
    "fit_other": "{start} is no {family}; start from a member of that family.",
    "fit_rate": "{value} is not a rate; use a number above 0 and at most 1.",
    "pull_outcomes": "A pull is drawn along a line; choose densities for P and Q.",
    "pull_ends": "The ends of a {family} move, and {objective} pulls at them as at points; "
    "choose a family whose ends stay, or KL(P‖Q).",
    "sweep_kind": "{kind} cannot be slid apart; choose one of: {known}.",
    "sweep_noise": "A uniform with normal noise is no family here; "
    "add the noise to points or normals, or set it to 0.",
    "objective": "{objective} is not an objective; choose one of: {known}.",
    "fit_none": "No {family} is closest to this shape; choose another family.",
    "fit_spike": "{family} fits these values ever better the narrower it gets, without an end; "
    "give values that differ.",
    "fit_end": "A value lies on the very end of what {family} covers, where it may be infinite; "
    "leave that value out.",
    "sample": "Value number {position} is {value}; use numbers from -1e300 to 1e300.",
    "samples_type": "The values are not a list of numbers; give a list such as [1, 2, 3.5].",
    "samples_count": "{count} values were given; use 1 to {most}.",
    "histogram_equal": "All values are {value}, which leaves a histogram no width; "
    "give values that differ, or use samples.",
    "histogram_close": "The bins from {low} to {high} are too narrow for numbers; use fewer bins.",
    "histogram_rule": "{rule} is no rule for bins; use {known} or a whole number from 1 to {most}.",
    "numbers_text": "Numbers are read from text; give text such as 1, 2, 3.5.",
    "numbers_long": "This text has {length} characters; use at most {most}.",
    "numbers_none": "There is no number here; write some, such as 1, 2, 3.5.",
    "numbers_many": "{count} numbers were given; use at most {most}.",
    "numbers_word": "Line {line}: {found} is not a number; correct it or take it out.",
    "numbers_large": "Line {line}: {found} is too large; write a smaller number.",
    "numbers_comma": "The comma in {found} has two readings; write decimals with a point, "
    "thousands without a mark, and a semicolon between numbers.",
    "numbers_column": "There is no column {column} of numbers; choose one of: {known}.",
    "estimate_count": "{count} values are too few for this estimate; give at least {least}.",
    "estimate_edges": "The edges do not hold all values; give rising edges from below to above "
    "them.",
    "estimate_neighbour": "{value} is no number of neighbours; use a whole number from 1 to 100.",
    "nothing_left": "Nothing of the shape lies there; choose a range that holds some of it.",
    "act": "{name} is not something that the page can do; reload the page.",
    "knob": "{knob} is nothing that this page lets you set; reload the page.",
    "knob_number": "{knob} = {value} is out of range; use a number from {low} to {high}.",
    "knob_choice": "{knob} = {value} is not one of its choices; use one of: {known}.",
    "knob_count": "{knob} takes {count} numbers, and {found} were given; give each one.",
    "knob_text": "{knob} cannot be read; open the page without it.",
    "knob_long": "{knob} has {length} characters; use at most {longest}.",
    "lesson_kind": "This page compares {kind} distributions and {given} ones were given; "
    "its own example is shown.",
    "lesson_made": "This page makes P and Q itself; set them with its own controls.",
    "lesson_given": "P is the task here and stays as it is; draw Q.",
    "challenge_order": "{value} is no order of the three pairs; write one such as BAC.",
    "challenge_level": "Level {level} is not open any more; open it and commit again.",
    "act_number": "{value} is not a number; type a number such as 0.5.",
    "act_whole": "{value} is not a whole number; type a number such as 3.",
    "act_list": "A drawing takes 1 to {most} numbers that are 0 or greater; draw it again.",
    "act_text": "{value} is not text; type some text.",
    "act_side": "{value} is neither P nor Q; choose one of the two.",
    "act_param": "{family} has no parameter {name}; choose one of its own.",
    "act_handle": "{family} has no handle {name}; drag one that the plot shows.",
    "act_share": "{value} is not between 0 and 1; use a number from 0 to 1.",
    "act_alone": "This outcome is the only one, so it has all the mass; add outcomes first.",
    "act_index": "There is no place {index} here; use 0 to {last}.",
    "act_count": "{count} values came for {shown} outcomes; give each outcome one value.",
    "act_discrete": "This works on outcomes only; switch to discrete first.",
    "act_continuous": "This works on densities only; switch to continuous first.",
    "act_sample": "{side} is a sample, and its values cannot be drawn; draw the other one, or make "
    "a histogram of {side} first.",
    "data_none": "There are no numbers yet; type, paste or upload some under Data.",
    "data_how": "{value} is not made of numbers; choose samples, histogram or fitted.",
    "act_interval": "The interval must run from a smaller to a larger number; change its ends.",
    "act_outcomes": "{value} outcomes cannot be shown; use 2 to {most}.",
    "act_kind": "{value} is not a kind of pair; choose discrete or continuous.",
    "act_preset": "{value} is not a known example; choose one from the list.",
    "loss": "{name} is not a known loss; choose one of: {known}.",
    "loss_reduction": "{reduction} is not a reduction of this loss; choose one of: {known}.",
    "loss_number": "{argument} holds something that is not a number; give an array of numbers.",
    "loss_shape": "{argument} has the shape {shape}; give it the shape {expected}.",
    "loss_value": "{argument} holds {value}; use {allowed}.",
    "loss_empty": "There is nothing to average; give one term a weight above 0, or use sum.",
    "loss_undefined": "The loss is not defined at infinite or very large numbers; use moderate "
    "ones.",
    "loss_slope": "The loss has no slope in {argument} here; use numbers where it is finite.",
    "softmax_type": "These are not rows of numbers of equal length; write numbers only.",
    "softmax_number": "Number {position} is {value}; use numbers from -1e300 to 1e300.",
    "softmax_logit": "Logit number {position} is {value}; use a number, or -inf for probability 0.",
    "softmax_none": "All logits are -inf, so nothing has any probability; make at least one a "
    "number.",
    "softmax_infinite": "Two logits are inf, and inf - inf is no number; keep at most one.",
    "softmax_axis": "There is no axis {axis}; the logits have {axes} axes, counted from 0.",
    "softmax_empty": "There are no logits along this axis; give at least one.",
    "softmax_temperature": "The temperature is {value}; use 0, inf or a number from 1e-300 to "
    "1e300.",
    "softmax_slope": "At temperature 0 softmax jumps and has no slope; use a temperature above 0.",
    "softmax_shape": "The shape {given} does not fit the shape {needed}; give each logit one "
    "number.",
    "softmax_jacobian": "The Jacobian would have {count} numbers; use fewer logits, for at most "
    "{most}.",
    "noise_seed": "{value} is no seed; use a whole number that is 0 or greater, or a NumPy "
    "Generator.",
    "noise_shape": "{shape} is no shape; use whole numbers that are 0 or greater.",
    "concrete_temperature": "The temperature of the density is {value}; use a number from 1e-100 "
    "to 1e100.",
    "concrete_classes": "A point of the simplex has one number for each class; give two or more.",
    "concrete_point": "Number {position} is {value}, which is not inside the simplex; use one "
    "that is.",
    "concrete_sum": "The numbers of a point sum to {total}; scale them so that they sum to 1.",
    "joint_table": "The table cannot be read; write numbers in rows of equal length.",
    "joint_dimensions": "The table has {axes} axes; use two or more, one for each variable.",
    "joint_cells": "The table has {cells} cells; use 1 to {most}.",
    "joint_axis": "There is no axis {axis}; use whole numbers from 0 to {last}.",
    "joint_axis_twice": "Axis {axis} is named twice; name each axis once.",
    "joint_axis_none": "No axis is named here; name at least one.",
    "normaliser": "{name} is not a way to normalise; choose one of: {known}.",
    "correlation": "The correlation is {value}; use a number from -1 to 1.",
    "covariance_shape": "A covariance is a square table of numbers; use 1 to {most} rows and as "
    "many columns.",
    "covariance_number": "Number {position} of the covariance is {value}; use finite numbers.",
    "covariance_symmetric": "The covariance at ({i}, {j}) differs from that at ({j}, {i}); make "
    "the two equal.",
    "covariance_definite": "No variables have this covariance, since a correlation exceeds what "
    "the others allow; make one smaller.",
    "pairs_type": "The pairs cannot be read; write two lists of numbers.",
    "pairs_length": "There are {x} values of x and {y} of y; give each x its y.",
    "pairs_count": "There are {count} pairs; use {least} to {most}.",
    "pairs_value": "Value number {position} is {value}; use numbers from -1e300 to 1e300.",
    "pairs_whole": "{name} = {value} is out of range; use a whole number from {least} to {most}.",
    "bin_rule": "{rule} is not a rule for bins; give a whole number or one of: {known}.",
    "snippet": "A short {library} program cannot say {family}; choose another library.",
    "snippet_long": "A program with {count} numbers is too long to read; use at most {most}.",
    "interval_level": "The level is {value}; use a number between 0 and 1, such as 0.95.",
    "channel_size": "A channel has one row for each input and one column for each output; {size} "
    "is too much, use at most {most} of each.",
    "channel_row": "Row {row} of the channel is all 0; give its input some output.",
    "channel_input": "{count} input weights came for {rows} rows; give each row one weight.",
    "tally_count": "{count} counts were given; give 2 to {most}, one for each of 0, 1, 2, ….",
    "painted_axes": "The table has {axes} axes; use two, rows and columns.",
    "painted_weight": "The weight of a cell is {value}; use a number that is 0 or greater.",
    "painted_picture": "{name} is not one of the pictures; choose one of: {known}.",
    "painted_side": "A table with {side} rows or columns cannot be painted; use {least} to {most}.",
    "painted_text": "The table in this link cannot be read; copy the whole link again.",
    "painted_rows": "{count} weights do not fill rows of {columns}; give each row the same number.",
    "replay_outcomes": "{count} outcomes are too many to replay; use a distribution with at most "
    "{most}.",
    "length": "Length number {position} is {value}; use 0, a positive number or inf.",
    "blocks_many": "There are {count} blocks of length {length}, more than {most}; use shorter "
    "blocks or fewer outcomes.",
    "word_none": "Outcome {value} has no word in this code; use outcomes of positive probability, "
    "counted from 0.",
    "bits_sign": "Bit number {position} is {value}; write only 0 and 1.",
    "bits_end": "The last {count} bits are not a whole word; complete the word or take them out.",
    "place": "Place number {position} is {value}; use numbers from -1e30 to 1e30.",
    "places_order": "Place number {position} is {value}; give the places in ascending order, each "
    "once.",
    "places_none": "There is no place here; give at least one.",
    "places_permuted": "This is no order of the places; name each of 0 to {last} once.",
    "places_width": "The width is {value}; use a number above 0.",
    "plan_rest": "Earth that stays need not be moved; choose another place to bring it to.",
    "plan_many": "A plan has at most {most} moves; take one back first.",
    "plan_empty": "At {place} nothing is left to move; take earth from another place.",
    "plan_full": "At {place} nothing more fits; bring the earth to another place.",
    "plan_left": "At {place} only {amount} is left; move no more than that.",
    "plan_room": "At {place} only {amount} more fits; move no more than that.",
    "plan_amount": "{value} is no amount of earth; use a number above 0.",
    "plan_undo": "There is no such move to take back; move some earth first.",
    "plan_text": "{found} is no move; write one as 0>3:0.25, and semicolons between moves.",
    "plan_unfinished": "Some earth is still to be moved; finish the plan first.",
    "plan_uncrossed": "These two moves do not cross; choose two that do.",
    "potential_value": "Value number {position} of the critic is {value}; use numbers from -1e30 "
    "to 1e30.",
    "bent_count": "{count} numbers were given for the curve; give {most}.",
    "bent_slope": "Slope number {position} is {value}; use numbers from -{most} to {most}, for the "
    "first also -inf, for the last also inf.",
    "bent_convex": "Slope number {position} is {value}, less than the {before} before it; let "
    "slopes only grow from left to right.",
    "bent_height": "{value} is no height for the curve; use a number from -{most} to {most}.",
    "bent_held": "There is no knot {index} to drag; drag one that the plot shows, but not the one "
    "at 1.",
    "bent_text": "The curve is written as six slopes; write such as -0.5,-0.5,-0.5,0.5,0.5,0.5.",
    "critic_values": "{count} values were given; use 1 to {most}.",
    "critic_value": "Value number {position} of the critic is {value}; use numbers from {least} "
    "to {most}.",
    "critic_window": "The window from {low} to {high} cannot be cut into cells; let it run from a "
    "smaller to a larger number.",
    "critic_text": "The critic is written as values; write such as 0,1,-0.5*3, for densities with "
    "a window in front: -4,4;0,1,-0.5*3.",
    "critic_density": "Here are densities, and the critic has no window; give it the interval that "
    "its values stand on.",
    "critic_kinds": "Outcomes and a density have no common ground; compare two of one kind.",
}


class SceneError(ValueError):
    """Anything a visitor can cause, as a sentence that says what to do.

    `code` is a key of ERRORS (the translations have the same keys); `fields` fill its template.
    Fields come from visitors, so each is cut to 40 characters in the sentence.
    """

    def __init__(self, code: str, **fields: object) -> None:
        self.code = code
        self.fields = fields
        super().__init__(code)

    def __str__(self) -> str:
        return ERRORS[self.code].format(**{k: clipped(v) for k, v in self.fields.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        return _raised, (self.code, self.fields)


def _raised(code: str, fields: dict[str, object]) -> SceneError:
    return SceneError(code, **fields)


def clipped(value: object, most: int = CLIP) -> str:
    """A visitor's value as text of at most `most` characters, with … where it was cut."""
    # The names of all families and parameters are ours and may be longer than a visitor's text.
    if isinstance(value, Names):
        return value
    words = spell(value) if isinstance(value, float) else str(value)
    # A visitor's text may hold what moves a terminal's cursor.
    words = "".join(char if char.isprintable() else "�" for char in words[: 2 * most])
    return words if len(words) <= most else words[: most - 1] + "…"


class Names(str):
    """Text of ours inside an error (a list of names), which is never cut."""


def spell(value: float) -> str:
    """The shortest text that reads back as the same number, without .0 and without +."""
    number = float(value)
    if number.is_integer() and abs(number) < 1e16:
        return str(int(number))
    return repr(number).replace("e+", "e")
