"""The example of a web service, asked over HTTP (group `examples`)."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed (group `examples`)")
pytest.importorskip("httpx", reason="httpx is not installed (group `examples`)")


@pytest.mark.parametrize(
    ("method", "user", "status"),
    [("GET", "alice", 200), ("DELETE", "alice", 403), ("DELETE", "bob", 200), ("GET", "mallory", 403)],
)
def test_the_service_answers_as_the_policies_say(method: str, user: str, status: int) -> None:
    from fastapi.testclient import TestClient

    from examples.web_service import app

    answer = TestClient(app).request(method, "/docs-of-ours/plan", headers={"x-user": user})

    assert answer.status_code == status
