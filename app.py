"""The ASGI application that `streamlit run app.py` and `uvicorn app:app` serve."""

import streamlit as st

from divviz.web import server

app = st.App(
    server.SCRIPT,
    routes=server.routes(),
    middleware=server.middleware(),
    lifespan=server.lifespan,
)
