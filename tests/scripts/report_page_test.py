#!/usr/bin/env python3
"""Opens report pages in headless Chromium: nothing on the console, every chart drawn, nothing wider than the screen, on a
desktop and on phones, light and dark. `report_page_test.py SNNSIM SOURCE_DIR [CHROMIUM] [KEEP_DIR]`; exits 0 when every
check holds, 77 when there is no Chromium. Screenshots stay in KEEP_DIR, if it is given."""
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
WIDTHS = (320, 390, 1280)

# Runs in the page, measures it and tells the page around it.
PROBE = """<script>
addEventListener("load", () => setTimeout(() => {
  const seen = (e) => e.getBoundingClientRect().width > 0 && e.getBoundingClientRect().height > 0;
  const canvas = [...document.querySelectorAll("canvas")].map((c) => {
    const pixels = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
    let drawn = 0;
    for (let i = 3; i < pixels.length; i += 4) drawn += pixels[i] > 0;
    return drawn / (c.width * c.height);
  });
  const clipped = [...document.querySelectorAll(".chart text")].filter((t) => {
    const box = t.getBoundingClientRect(), frame = t.closest("svg").getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.top < frame.top - 1;
  }).map((t) => t.textContent);
  parent.postMessage(JSON.stringify({
    width: document.documentElement.clientWidth,
    content: document.documentElement.scrollWidth,
    wide: [...document.querySelectorAll("main *")].filter((e) => !e.closest(".scroll, .sr") &&
      e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((e) => e.tagName + "." + e.className),
    bars: [...document.querySelectorAll(".bar rect")].filter(seen).length,
    lines: [...document.querySelectorAll(".plot > svg polyline")].filter((l) => l.getTotalLength() > 0).length,
    marks: [...document.querySelectorAll(".plot > svg circle")].filter(seen).length,
    cells: [...document.querySelectorAll(".heat td")].filter(seen).length,
    unnamed: [...document.querySelectorAll("svg.chart, canvas")].filter((e) => !e.getAttribute("aria-label")).length,
    cramped: [...document.querySelectorAll(".heat td data")].filter((d) =>
      d.getBoundingClientRect().width > d.parentElement.getBoundingClientRect().width).map((d) => d.textContent),
    canvas, clipped, dark: matchMedia("(prefers-color-scheme: dark)").matches,
    back: getComputedStyle(document.body).backgroundColor,
  }), "*");
}, 200));
</script>"""
FRAME = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0"><script>
addEventListener("message", (event) => { document.body.dataset.probe = event.data; });
</script><iframe src="PAGE" style="width:WIDTHpx;height:900px;border:0"></iframe></body>"""


def chromium(binary, *words):
    command = [binary, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def console(text):
    """Messages of the page, without those of the browser about itself."""
    return [line for line in text.splitlines() if "CONSOLE" in line]


def probe(binary, page, width, dark=False):
    """What the page looks like in a frame of that width; fails on a message on the console."""
    folder = page.parent
    copy, frame = folder / "probed.html", folder / "frame.html"
    copy.write_text(page.read_text().replace("</body>", PROBE + "</body>"))
    frame.write_text(FRAME.replace("PAGE", copy.name).replace("WIDTH", str(width)))
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    run = chromium(binary, *scheme, "--virtual-time-budget=4000", "--dump-dom", frame.as_uri())
    assert not console(run.stderr), console(run.stderr)
    found = re.search(r'data-probe="([^"]*)"', run.stdout)
    assert found, f"{page}: no answer from the page\n{run.stderr}"
    return json.loads(html.unescape(found.group(1)))


def check_page(binary, page, least):
    """`least`: how many of each kind of mark must be drawn."""
    backs = set()
    for width in WIDTHS:
        for dark in (False, True) if width == WIDTHS[0] else (False,):
            seen = probe(binary, page, width, dark)
            assert seen["width"] == width, seen
            assert seen["content"] <= width and not seen["wide"], (width, seen["content"], seen["wide"][:5])
            assert seen["dark"] == dark, seen
            assert not seen["clipped"], (width, seen["clipped"])
            assert not seen["cramped"], (width, seen["cramped"])
            assert seen["unnamed"] == 0, seen
            assert all(share > 0.02 for share in seen["canvas"]), seen["canvas"]
            for kind, count in least.items():
                drawn = len(seen[kind]) if isinstance(seen[kind], list) else seen[kind]
                assert drawn >= count, (kind, drawn, count)
            backs.add(seen["back"])
    assert len(backs) == 2, backs  # light and dark


def check_errors_are_seen(binary, page):
    """The checks above can fail: a page with a fault is caught."""
    broken = page.parent / "broken.html"
    broken.write_text(page.read_text().replace("</main>", '<img src="nothing.png"><script>undefinedName();</script></main>'))
    try:
        probe(binary, broken, 390)
    except AssertionError as error:
        assert "undefinedName" in str(error) and "nothing.png" in str(error), error
        return
    raise AssertionError("a fault on the page was not seen")


def screenshots(binary, page, keep):
    scheme = {"light": [], "dark": ["--blink-settings=preferredColorScheme=0"]}
    for name, words in scheme.items():
        chromium(binary, *words, "--window-size=1280,6000", f"--screenshot={keep}/{page.stem}-desktop-{name}.png", page.as_uri())
    chromium(binary, f"--print-to-pdf={keep}/{page.stem}.pdf", "--no-pdf-header-footer", page.as_uri())


def snnsim(folder, *words):
    run = subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def compared_page(folder, experiment):
    """Two neurons, three numbers of steps."""
    for neuron in ("integer_spiking", "st_bif"):
        for steps in (1, 2, 4):
            snnsim(folder, "run", experiment, "--quiet", "--out", "grid", "--set", f"conversion.neuron={neuron}", "--set",
                   f"conversion.timesteps={steps}", "--set", "evaluation.perplexity.0.max_segments=2")
    snnsim(folder, "compare", *sorted((folder / "grid").glob("quickstart-*")), "--html", "compared.html")
    return folder / "compared.html"


def main():
    binary = sys.argv[3] if len(sys.argv) > 3 and sys.argv[3] else shutil.which("chromium") or shutil.which("google-chrome")
    if not binary or not pathlib.Path(binary).exists():
        print("skipped: no Chromium here (Debian: chromium)")
        return 77
    keep = pathlib.Path(sys.argv[4]).resolve() if len(sys.argv) > 4 else None
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        experiment = SOURCE / "experiments/quickstart.json"
        snnsim(folder, "run", experiment, "--quiet", "--set", "evaluation.perplexity.0.max_segments=2",
               "--set", 'record.spikes=["blocks.0.*"]', "--set", 'energy.tables=["horowitz_45nm","yan_22nm","loihi1"]')
        run = next((folder / "runs").glob("quickstart-*"))
        page = run / "report.html"
        check_page(binary, page, {"bars": 100, "lines": 40, "cells": 3 * 42, "canvas": 1, "marks": 1})
        check_errors_are_seen(binary, page)
        compared = compared_page(folder, experiment)
        check_page(binary, compared, {"lines": 5, "marks": 18})
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            for one, name in ((page, "report.html"), (compared, "compared.html")):
                shutil.copy(one, keep / name)
                screenshots(binary, keep / name, keep)
    print("report pages: all checks hold")
    return 0


if __name__ == "__main__":
    sys.exit(main())
