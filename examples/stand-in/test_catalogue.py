import json
import os
import signal
import subprocess
import urllib.error
import urllib.request

import pytest


@pytest.fixture(scope="session")
def om():
    """OpenMetadata's services for the whole session; it is ready when it has printed a line."""
    command = ["npx", "servicebook", "serve", "--memory", "--port", "0", "--json", "--admin"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        ready = json.loads(process.stdout.readline())
        yield ready
        os.kill(ready["pid"], signal.SIGTERM)  # npx would not pass it on


@pytest.fixture(autouse=True)
def _as_new(om):
    ask("POST", om["admin"] + "/reset")


def ask(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_versions(om):
    services = om["url"] + "/v1/services/mlmodelServices"
    status, made = ask("POST", services, {"name": "churn", "serviceType": "Sklearn"})
    assert (status, made["version"]) == (201, 0.1)
    status, put = ask("PUT", services, {"name": "churn", "serviceType": "Sklearn", "description": "who leaves"})
    assert (status, put["version"], put["id"]) == (200, 0.2, made["id"])


def test_nothing_is_left_of_another_test(om):
    status, page = ask("GET", om["url"] + "/v1/services/mlmodelServices")
    assert (status, page["data"]) == (200, [])


def test_a_failure(om):
    ask("POST", om["admin"] + "/fail", {"route": "GET /v1/services/*", "status": 503, "times": 1})
    services = om["url"] + "/v1/services/databaseServices"
    assert ask("GET", services)[0] == 503
    assert ask("GET", services)[0] == 200
    _, sent = ask("GET", om["admin"] + "/requests")
    assert [one["status"] for one in sent["requests"]] == [503, 200]
