"""The certificates manager of older SDKs: its rows, and how certificates, names and facts look on the wire."""
