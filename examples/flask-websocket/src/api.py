"""The HTTP API: gunicorn runs `api:app`."""

from flask import Flask, jsonify, request
from sqlalchemy import insert, select

from database import engine, messages

app = Flask(__name__)


@app.get("/health")
def health():
    return jsonify(status="ok", driver=engine.dialect.driver)


@app.get("/messages")
def list_messages():
    with engine.connect() as connection:
        return jsonify([row.text for row in connection.execute(select(messages))])


@app.post("/messages")
def add_message():
    with engine.begin() as connection:
        connection.execute(insert(messages).values(text=request.json["text"]))
    return "", 201
