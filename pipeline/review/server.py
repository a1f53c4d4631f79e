"""The page's server: on the loopback interface, for this page alone."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from flask import Flask, abort, jsonify, redirect, render_template, request
from markupsafe import Markup, escape
from werkzeug.serving import make_server

from pipeline.article import Article
from pipeline.errors import InputError
from pipeline.review.session import Session

HOST = "127.0.0.1"


def _kept(text: str) -> Markup:
    """Text for a page that keeps its carriage returns, which an HTML parser drops unless they are written out."""
    return Markup(str(escape(text)).replace("\r", "&#13;"))


def create_app(articles: list[Article], session: Callable[[int], Session], order: str) -> Flask:
    """The application: a page an article, numbered from 1.

    A request by another host name (DNS rebinding) or from another origin is refused with 403.
    """
    app = Flask(__name__)

    @app.before_request
    def _guard() -> None:
        port = request.environ["SERVER_PORT"]
        hosts = {f"{name}{'' if port == '80' else f':{port}'}" for name in (HOST, "localhost")}
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

    @app.errorhandler(InputError)
    def _problem(error: InputError) -> Any:
        if request.endpoint != "_page":
            return jsonify(error=str(error)), 409
        number = (request.view_args or {}).get("number", 0)
        return render_template("problem.html", problem=error, number=number, count=len(articles)), 409

    @app.errorhandler(OSError)
    def _not_saved(error: OSError) -> Any:
        problem = InputError(f"the decision is not saved ({error.strerror or error})", error.filename)
        return jsonify(error=str(problem)), 500

    def opened(number: int) -> Session:
        if not 1 <= number <= len(articles):
            abort(404)
        return session(number - 1)

    @app.get("/")
    def _first() -> Any:
        return redirect("/1")

    @app.get("/<int:number>")
    def _page(number: int) -> str:
        shown = opened(number)
        text, at, pieces = shown.article.text, 0, []
        for n, sentence in enumerate(shown.base.sentences):
            pieces += [(_kept(text[at : sentence.start]), None), (_kept(text[sentence.start : sentence.end]), n)]
            at = sentence.end
        pieces.append((_kept(text[at:]), None))
        title = shown.article.title or shown.article.document
        return render_template(
            "review.html",
            pieces=pieces,
            title=title,
            order=order,
            saved=shown.path,
            number=number,
            count=len(articles),
        )

    @app.get("/<int:number>/state")
    def _state(number: int) -> Any:
        return jsonify(opened(number).state())

    @app.post("/<int:number>/decide")
    def _decide(number: int) -> Any:
        try:
            opened(number).decide(request.get_json())
        except InputError:
            raise
        except ValueError as error:
            return jsonify(error=str(error)), 400
        return jsonify(opened(number).state())

    @app.post("/<int:number>/undo")
    def _undo(number: int) -> Any:
        taken = opened(number).undo()
        return jsonify({**opened(number).state(), "undone": taken.item if taken else ""})

    return app


def serve(articles: list[Article], session: Callable[[int], Session], port: int, order: str) -> None:
    """Serve until interrupted; prints the address first. Port 0 picks a free one. Raises InputError."""
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(f"port {port} cannot be used ({error.strerror}); --port 0 picks a free one") from error
    first = session(0)
    server = make_server(HOST, port, create_app(articles, session, order))
    print(f"http://{HOST}:{server.server_port}/  (Ctrl-C ends; decisions are in {first.output})", flush=True)
    server.serve_forever()
