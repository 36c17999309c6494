#!/usr/bin/env bash
# Title: huggingface_hub 2.4.0, a download that was killed.
# Guess:  the part stays as "….incomplete" in the cache, so the next run asks for the rest with a Range, as the client
#         does within one run.
# Seen:   the next run asks for the whole file, without a Range. Its part has another random name, and the part of the
#         killed run stays in the cache for ever: "requests of the second run: no Range", "parts left: 1".
# Means:  on a slow line a large model that is interrupted by a crash or a power cut is never finished by trying again,
#         and its parts fill the disk. Who reads this cache must not take "….incomplete" for work in progress; who
#         downloads should name the part by what it is a part of.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check huggingface_hub==2.4.0
cat > "$folder/try.py" <<'PYTHON'
import hashlib, http.server, json, os, signal, subprocess, sys, threading, time
from pathlib import Path

SIZE, COMMIT = 24 << 20, "a" * 40
DATA = bytes(range(256)) * (SIZE // 256)
ETAG = hashlib.sha256(DATA).hexdigest()
ranges, slow = [], True


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_): pass

    def head(self, status, length, **more):
        self.send_response(status)
        for name, value in {"Content-Length": length, "ETag": f'"{ETAG}"', "X-Linked-Etag": f'"{ETAG}"',
                            "X-Linked-Size": SIZE, "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes", **more}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def do_HEAD(self): self.head(200, SIZE)

    def do_GET(self):
        if "/api/" in self.path:
            body = json.dumps({"sha": COMMIT, "siblings": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return self.wfile.write(body)
        asked = self.headers.get("Range")
        ranges.append(asked)
        start = int(asked.split("=")[1].split("-")[0]) if asked else 0
        if asked: self.head(206, SIZE - start, Content_Range=f"bytes {start}-{SIZE - 1}/{SIZE}")
        else: self.head(200, SIZE)
        try:
            for place in range(start, SIZE, 1 << 20):
                self.wfile.write(DATA[place:place + (1 << 20)])
                if slow and place >= 12 << 20: time.sleep(60)
        except OSError: pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
threading.Thread(target=server.serve_forever, daemon=True).start()
home = Path(sys.argv[1]) / "home"
environment = dict(os.environ, HF_ENDPOINT=f"http://127.0.0.1:{server.server_port}", HF_HOME=str(home),
                   HF_HUB_DISABLE_XET="1", HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1")
program = [sys.executable, "-c", "from huggingface_hub import hf_hub_download as d; print(d('somebody/model', 'model.gguf'))"]


def parts(): return sorted(p for p in home.rglob("*.incomplete") if p.is_file())


first = subprocess.Popen(program, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
end = time.time() + 60
while time.time() < end and not any(p.stat().st_size >= 4 << 20 for p in parts()): time.sleep(0.1)
first.send_signal(signal.SIGKILL)
first.wait()
left, before = parts(), len(ranges)
print(f"part of the killed run: {left[0].stat().st_size if left else 0} bytes")
slow = False
second = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120)
later = ranges[before:]
print("requests of the second run:", ", ".join(r or "no Range" for r in later))
print("parts left:", len(parts()))
whole = second.returncode == 0 and Path(second.stdout.strip()).stat().st_size == SIZE
same = bool(left) and whole and later == [None] and left[0] in parts()
print("as the heading says" if same else f"this has changed: {second.stderr[-300:]}")
sys.exit(0 if same else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py" "$folder"
