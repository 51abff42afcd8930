"""`holdfast policy`: what all four services decide by, and changing it for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer

from holdfast.outside.services import Data, Urls, clients
from holdfast.terminal import failing_clearly, say
from shared.contracts.policy import default_policy, overlay_text, policy_id

app = typer.Typer(no_args_is_help=True, help="What the services decide by.")

PolicyFile = Annotated[Path, typer.Argument(help="A body of POST /v1/policies, in YAML or JSON.")]


class NotEverywhere(ValueError):
    """Some services decide by the new policy, others do not: says which, and what to do."""


class Service:
    """One service's policies over HTTP."""

    def __init__(self, name: str, http: httpx2.Client) -> None:
        self.name, self.http = name, http

    def listed(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._ok(self.http.get("/v1/policies"))["items"]
        return items

    def added(self, text: bytes) -> dict[str, Any]:
        return self._ok(self.http.post("/v1/policies", content=text))

    def activated(self, id: str, state: str) -> dict[str, Any]:
        return self._ok(self.http.post(f"/v1/policies/{id}/activate", json={"state": state}))

    def _ok(self, answer: httpx2.Response) -> dict[str, Any]:
        body: dict[str, Any] = answer.json()
        if answer.status_code >= 300:
            raise ValueError(str(body.get("detail", answer.status_code)))
        return body


@app.command()
@failing_clearly
def show(
    values: Annotated[bool, typer.Option("--values", help="The active policy's values as JSON.")] = False,
    data: Data = None,
    url: Urls = None,
) -> None:
    """The policies that each service knows; says where the services decide by different ones."""
    with clients(data, url) as services:
        known = {name: Service(name, http).listed() for name, http in services}
    active = {name: next(item for item in items if item["state"] == "active") for name, items in known.items()}
    if values:
        print(json.dumps(next(iter(active.values()))["values"], indent=2))
        return
    for name, items in known.items():
        for item in items:
            print(f"{name:<10} {item['policy_id']}  {item['state']:<8} {item['name'] or ''}".rstrip())
    if len({item["policy_id"] for item in active.values()}) > 1:
        raise NotEverywhere("the services decide by different policies: run `holdfast policy activate FILE` again")


@app.command()
@failing_clearly
def check(file: PolicyFile) -> None:
    """Whether the file is a policy, laid over the default; no service is asked."""
    say(f"{file} is a policy; over the default it is {policy_id(overlay_text(default_policy(), file.read_bytes()))}")


@app.command()
@failing_clearly
def activate(
    file: PolicyFile,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Looked at beside the active one; publishes nothing.")
    ] = False,
    data: Data = None,
    url: Urls = None,
) -> None:
    """All services decide by this policy from now on; a service that is away is named, and what to do."""
    text = file.read_bytes()
    with clients(data, url) as known:
        services = [Service(*one) for one in known]
        drafts = _each(
            services, lambda service: service.added(text)["policy_id"], "took the draft; nothing changed yet"
        )
        if len(set(drafts.values())) > 1:
            raise NotEverywhere(
                "the services' active policies differ, so the file laid over them does too; nothing was activated. "
                "Put `based_on: <policy id>` into the file (`holdfast policy show` lists the ids)"
            )
        state = "shadow" if shadow else "active"
        _each(services, lambda service: service.activated(drafts[service.name], state), f"made it {state}")
    say(f"{next(iter(drafts.values()))} is {state} in {', '.join(drafts)}")


def _each(services: Sequence[Service], ask: Any, did: str) -> dict[str, Any]:
    """Ask all, also after one has failed. Raises NotEverywhere."""
    done: dict[str, Any] = {}
    failed = []
    for service in services:
        try:
            done[service.name] = ask(service)
        except (ValueError, httpx2.TransportError) as error:
            failed.append(f"{service.name}: {error}")
    if failed:
        rest = f"{', '.join(done)} {did}" if done else "no service changed anything"
        raise NotEverywhere("\n".join([*failed, f"{rest}. Put that right and run the same command again."]))
    return done
