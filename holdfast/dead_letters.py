"""`holdfast dead-letters`: what the services could not take, and sending it through the rules again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import httpx2
import typer

from holdfast.outside.services import Data, Urls, clients
from holdfast.terminal import failing_clearly, say

app = typer.Typer(no_args_is_help=True, help="What the services could not take.")

PAGE = 200
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


class Unknown(ValueError):
    """No service knows this id."""


class Service:
    """One service's dead letters over HTTP."""

    def __init__(self, name: str, http: httpx2.Client) -> None:
        self.name, self.http = name, http

    def listed(self, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Newest first, page after page."""
        cursor: str | None = None
        while True:
            page = self._ask(query if cursor is None else {**query, "cursor": cursor})
            yield from ({"service": self.name, **item} for item in page["items"])
            if (cursor := page["next_cursor"]) is None:
                return

    def shown(self, id: str) -> dict[str, Any] | None:
        """With its bytes, or None where this service has no such letter."""
        answer = self.http.get(f"/v1/dead-letters/{id}")
        return {"service": self.name, **_read(answer)} if answer.status_code != 404 else None

    def replayed(self, id: str) -> str | None:
        """What became of it, or None where this service has no such letter."""
        answer = self.http.post(f"/v1/dead-letters/{id}/replay")
        if answer.status_code == 404:
            return None
        body = answer.json()
        return str(body["result"] if answer.status_code == 200 else f"refused again: {body['detail']}")

    def _ask(self, query: Mapping[str, str]) -> dict[str, Any]:
        return _read(self.http.get("/v1/dead-letters", params={"limit": str(PAGE), **query}))


@app.command("list")
@failing_clearly
def list_(
    reason: Annotated[str | None, typer.Option(help="For example not_json.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also those that were replayed.")] = False,
    as_json: AsJson = False,
    data: Data = None,
    url: Urls = None,
) -> None:
    """The letters that wait, newest first, service by service."""
    query = {**({"reason": reason} if reason else {}), **({} if all_ else {"replayed": "false"})}
    with clients(data, url) as known:
        services = [Service(*one) for one in known]
        letters = [letter for service in services for letter in service.listed(query)]
    for letter in letters:
        print(json.dumps(letter) if as_json else _lines(letter))
    if not letters:
        say("no dead letters")


@app.command()
@failing_clearly
def show(id: str, data: Data = None, url: Urls = None) -> None:
    """One letter as JSON, with its bytes, key and headers in base64."""
    with clients(data, url) as known:
        services = [Service(*one) for one in known]
        letter = next((found for service in services if (found := service.shown(id))), None)
    if letter is None:
        raise Unknown(f"no service has the dead letter {id}: `holdfast dead-letters list` shows those there are")
    print(json.dumps(letter, indent=2))


@app.command()
@failing_clearly
def replay(ids: list[str], data: Data = None, url: Urls = None) -> None:
    """Judge these again as if they came now."""
    with clients(data, url) as known:
        services = [Service(*one) for one in known]
        results = {id: next((done for s in services if (done := s.replayed(id))), None) for id in ids}
    for id, result in results.items():
        print(f"{id} {result or 'is in no service'}")
    if any(result is None or result.startswith("refused") for result in results.values()):
        raise typer.Exit(1)


def _read(answer: httpx2.Response) -> dict[str, Any]:
    if answer.status_code != 200:
        raise ValueError(
            f"{answer.request.url.host}:{answer.request.url.port} answers {answer.status_code}: {answer.text}"
        )
    body: dict[str, Any] = answer.json()
    return body


def _lines(letter: dict[str, Any]) -> str:
    """Two lines: which and why in a word, then the sentence."""
    times = "once" if letter["tries"] == 1 else f"{letter['tries']} times"
    head = f"{letter['dead_letter_id']}  {letter['service']}  {letter['reason']}  {times}, last at {letter['last_at']}"
    return f"{head}\n    {letter['detail']}"
