#!/usr/bin/env python3
"""Runs fetch_model.sh and fetch_data.sh against a small hub on this machine: what they ask for, how they go on after an
interruption, and what they refuse. `fetch_test.py SOURCE_DIR`; exits 0 when every check holds."""
import gzip
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse

SOURCE = pathlib.Path(sys.argv[1])
WEIGHTS = bytes(range(256)) * 400
ROWS = [{"goal": f"é {i}", "label": i % 2} for i in range(230)]
FILES = {
    "/Qwen/Qwen2.5-0.5B/resolve/main/config.json": b"{}",
    "/Qwen/Qwen2.5-0.5B/resolve/main/model.safetensors": WEIGHTS,
    "/datasets/allenai/c4/resolve/main/en/c4-validation.00000-of-00008.json.gz": gzip.compress(b'{"text": "a"}\n'),
}


class Hub(http.server.BaseHTTPRequestHandler):
    asked = []  # (path, range)
    damaged = False

    def log_message(self, *_):
        pass

    def send(self, status, body=b"", headers=()):
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        body = FILES.get(self.path)
        if body is None:
            return self.send(404)
        checksum = hashlib.sha256(b"other" if Hub.damaged else body).hexdigest()
        self.send(200, body, [("X-Linked-Etag", f'"{checksum}"')])

    def do_GET(self):
        Hub.asked.append((self.path, self.headers.get("Range")))
        url = urllib.parse.urlparse(self.path)
        if url.path == "/api/models/Qwen/Qwen2.5-0.5B":
            names = ["config.json", "model.safetensors", "pytorch_model.bin", "README.md", "onnx/model.json"]
            return self.send(200, json.dumps({"siblings": [{"rfilename": name} for name in names]}).encode())
        if url.path == "/rows":
            query = {key: value[0] for key, value in urllib.parse.parse_qs(url.query).items()}
            assert query["dataset"] == "ybisk/piqa" and query["split"] == "validation", query
            first = int(query["offset"])
            rows = [{"row": row} for row in ROWS[first : first + int(query["length"])]]
            return self.send(200, json.dumps({"rows": rows, "num_rows_total": len(ROWS)}).encode())
        body = FILES.get(url.path)
        if body is None:
            return self.send(404)
        if wanted := self.headers.get("Range"):
            first = int(wanted.removeprefix("bytes=").split("-")[0])
            return self.send(206, body[first:], [("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")])
        self.send(200, body)


def run(script, *arguments, hub):
    environment = dict(os.environ, HF_ENDPOINT=hub, HF_DATASETS_SERVER=hub)
    environment.pop("HF_TOKEN", None)
    environment["PATH"] = "/usr/bin:/bin:" + environment["PATH"]
    return subprocess.run([SOURCE / "scripts" / script, *arguments], env=environment, text=True, capture_output=True)


def check(condition, what):
    if not condition:
        sys.exit(f"does not hold: {what}")


def model(hub, folder):
    target = folder / "qwen"
    target.mkdir()
    (target / "model.safetensors.partial").write_bytes(WEIGHTS[:1000])  # what an interrupted run left
    first = run("fetch_model.sh", "qwen2.5-0.5b", "--to", target, hub=hub)
    check(first.returncode == 0, f"a model is fetched: {first.stderr}")
    check(sorted(path.name for path in target.iterdir()) == ["config.json", "model.safetensors"], "what a checkpoint needs")
    check((target / "model.safetensors").read_bytes() == WEIGHTS, "the parts fit together")
    check(("/Qwen/Qwen2.5-0.5B/resolve/main/model.safetensors", "bytes=1000-") in Hub.asked, "it goes on where it stopped")
    Hub.asked.clear()
    check(run("fetch_model.sh", "qwen2.5-0.5b", "--to", target, hub=hub).returncode == 0, "a second run")
    check(not any("resolve" in path for path, _ in Hub.asked), "a second run fetches nothing")


def damaged(hub, folder):
    Hub.damaged = True
    result = run("fetch_model.sh", "qwen2.5-0.5b", "--to", folder / "damaged", hub=hub)
    Hub.damaged = False
    check(result.returncode == 3 and "has sha256" in result.stderr, f"a wrong checksum is refused: {result.stderr}")
    check(not list((folder / "damaged").glob("*.safetensors")), "nothing damaged under a final name")


def task(hub, folder):
    target = folder / "piqa"
    target.mkdir()
    kept = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS[:150])
    (target / "piqa.jsonl.partial").write_text(kept)
    result = run("fetch_data.sh", "piqa", "--to", target, hub=hub)
    check(result.returncode == 0, f"a task is fetched: {result.stderr}")
    lines = (target / "piqa.jsonl").read_text().splitlines()
    check([json.loads(line) for line in lines] == ROWS, "every row once, in order")
    check(any("offset=150" in path for path, _ in Hub.asked), "rows that are there are not asked for again")
    result = run("fetch_data.sh", "c4", "--to", folder / "c4", hub=hub)
    check(result.returncode == 0, f"c4: {result.stderr}")
    check((folder / "c4/c4-validation.00000-of-00008.json").read_text() == '{"text": "a"}\n', "unpacked")


def refusals(hub, folder):
    check(run("fetch_model.sh", "no-such-model", hub=hub).returncode == 2, "an unknown name is a usage error")
    check("tinyllama-gguf" in run("fetch_model.sh", "--list", hub=hub).stdout, "--list names the models")
    check("hellaswag" in run("fetch_data.sh", "--list", hub=hub).stdout, "--list names the data")
    gone = run("fetch_model.sh", "smollm-135m", "--to", folder / "gone", hub=hub)
    check(gone.returncode == 3 and "not open to you" in gone.stderr, "a repository that is refused")
    offline = run("fetch_model.sh", "smollm-135m", "--to", folder / "gone", hub="http://127.0.0.1:1")
    check(offline.returncode == 3 and "cannot reach" in offline.stderr, "offline is said")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hub = f"http://127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as name:
        for part in (model, damaged, task, refusals):
            part(hub, pathlib.Path(name))
    print("fetch_test: every check holds")


main()
