"""Everything that knows Streamlit, Plotly or the browser."""
