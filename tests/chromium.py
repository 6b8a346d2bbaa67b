"""A headless Chromium, led through its DevTools pipe: no driver and no library stand between.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SWITCHES = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--hide-scrollbars",
    "about:blank",
)
LOADED = "new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))"
PATIENCE_SECONDS = 120
"""A page of ours answers within seconds; what waits longer will never come."""
KEYS = {"Tab": 9, "Enter": 13}


class Chromium:
    """A running browser: `call` sends one command and waits for its answer; events are kept by session."""

    def __init__(self, commands: int, answers: int) -> None:
        self.commands, self.answers = os.fdopen(commands, "wb", buffering=0), os.fdopen(answers, "rb", buffering=0)
        self.numbers = itertools.count(1)
        self.pending = b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Raises RuntimeError with Chromium's words when it refuses."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        self.commands.write(json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while (answer := self._next()).get("id") != number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.pending:
            ready, _, _ = select.select([self.answers], [], [], PATIENCE_SECONDS)
            piece = self.answers.read(1 << 20) if ready else b""
            if not piece:
                raise RuntimeError("Chromium ended" if ready else f"Chromium was silent for {PATIENCE_SECONDS} seconds")
            self.pending += piece
        text, _, self.pending = self.pending.partition(b"\0")
        return json.loads(text)

    def close(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self.call("Browser.close")
        self.commands.close()
        self.answers.close()


class Tab:
    """One page of the browser, with what it logged and asked for."""

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium
        self.target = chromium.call("Target.createTarget", url="about:blank")["targetId"]
        attached = chromium.call("Target.attachToTarget", targetId=self.target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self.chromium.call("Target.closeTarget", targetId=self.target)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.chromium.call(method, self.session, **parameters)

    def show(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = "") -> None:
        """Load a page; `media` is `print` or nothing."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self.call("Page.navigate", url=url)
        self.evaluate(
            "new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))"
        )

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited. Raises RuntimeError with what it threw."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:1000])
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        text = {"text": "\r"} if key == "Enter" else {}
        code = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", **code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def screenshot(self, *, whole: bool = False) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def pdf(self) -> bytes:
        return base64.b64decode(self.call("Page.printToPDF", printBackground=False)["data"])

    def heard(self, *methods: str) -> list[dict[str, Any]]:
        """The parameters of the events of these kinds so far."""
        mine = (event for event in self.chromium.events if event.get("sessionId") == self.session)
        return [event["params"] for event in mine if event["method"] in methods]


@contextlib.contextmanager
def running(program: str, profile: Path) -> Iterator[Chromium]:
    """A Chromium with an empty profile in `profile`; it has ended when the block ends."""
    to_read, commands = os.pipe()
    answers, to_write = os.pipe()
    switches = (*SWITCHES, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else []))
    redirected = f'exec "$@" 3<&{to_read} 4>&{to_write}'
    with (profile / "log").open("wb") as log:
        process = subprocess.Popen(
            ["bash", "-c", redirected, "bash", program, *switches],  # sh knows no descriptors above 9
            pass_fds=(to_read, to_write),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    os.close(to_read)
    os.close(to_write)
    chromium = Chromium(commands, answers)
    try:
        yield chromium
    finally:
        chromium.close()
        process.wait()
