"""The page's server: on the loopback interface, for this page alone."""

from __future__ import annotations

import socket
from typing import Any

from flask import Flask, abort, jsonify, render_template, request
from werkzeug.serving import make_server

from pipeline.errors import InputError
from pipeline.review.session import Session

HOST = "127.0.0.1"


def create_app(session: Session, order: str) -> Flask:
    """The application. A request by another host name (DNS rebinding) or from another origin is refused with 403."""
    app = Flask(__name__)

    @app.before_request
    def _guard() -> None:
        port = request.environ["SERVER_PORT"]
        hosts = {f"{HOST}:{port}", f"localhost:{port}"}
        origin = request.headers.get("Origin")
        foreign = origin is not None and origin not in {f"http://{host}" for host in hosts}
        if request.host not in hosts or foreign or (request.method == "POST" and origin is None):
            abort(403)

    @app.after_request
    def _headers(response: Any) -> Any:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/")
    def _page() -> str:
        text, at, pieces = session.article.text, 0, []
        for n, sentence in enumerate(session.base.sentences):
            pieces += [(text[at : sentence.start], None), (text[sentence.start : sentence.end], n)]
            at = sentence.end
        pieces.append((text[at:], None))
        title = session.article.title or session.article.document
        return render_template("review.html", pieces=pieces, title=title, order=order, saved=session.path)

    @app.get("/state")
    def _state() -> Any:
        return jsonify(session.state())

    @app.post("/decide")
    def _decide() -> Any:
        try:
            session.decide(request.get_json())
        except ValueError as error:
            return jsonify(error=str(error)), 400
        return jsonify(session.state())

    @app.post("/undo")
    def _undo() -> Any:
        taken = session.undo()
        return jsonify({**session.state(), "undone": taken.item if taken else ""})

    return app


def serve(session: Session, port: int, order: str) -> None:
    """Serve until interrupted; prints the address first. Port 0 picks a free one."""
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(f"port {port} cannot be used ({error.strerror}); --port 0 picks a free one") from error
    server = make_server(HOST, port, create_app(session, order))
    print(f"http://{HOST}:{server.server_port}/  (Ctrl-C ends; decisions are in {session.path})", flush=True)
    server.serve_forever()
