"""`make look`: every page at two widths, in two themes and languages, in build/look/.

`python tests/look.py surprise` takes those of one page. README's picture is one of them.
"""

import shutil
import sys
from itertools import product
from pathlib import Path

import live
from playwright.sync_api import Browser, sync_playwright

OUT = live.ROOT / "build" / "look"
WIDTHS = {1280: 800, 390: 844}
THEMES = ("light", "dark")
LANGUAGES = ("en", "zh")
SCENES = {
    "default": "",
    "bars": "p=pmf(0.1,0.25,0.4,0.25,0)&q=pmf(0.3,0.3,0.2,0,0.2)&show=js",
    "families": "p=gamma(2,1)&q=student_t(1.5,3,1)&show=w1&unit=bits",
    "infinite": "p=normal(0,1)&q=uniform(-1,2)&show=kl_pq",
    "wrong": "p=normal(0,-1)&q=normal(1,1)&unit=furlongs",
}


def pages() -> list[str]:
    """The pages that the program has, by the name in their address."""
    return [path.stem.split("_", 1)[1] for path in sorted((live.ROOT / "pages").glob("*.py"))]


def scenes(name: str) -> dict[str, str]:
    """What to look at on a page: a lesson as it opens, the board in many states."""
    return SCENES if name == "playground" else {"default": "notes=1"}


def shoot(browser: Browser, url: str, out: Path, width: int, theme: str, lang: str) -> None:
    """Save the first screen and the whole page."""
    page = browser.new_page(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=1,
    )
    page.goto(url)
    page.locator("[data-measure][data-seq]").first.wait_for()
    for part in page.locator("[data-slot]").all():
        part.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.stMain').scrollTo(0, 0)")
    page.locator("[data-busy], .dv-sketched").first.wait_for(state="detached")
    assert page.get_by_role("dialog").count() == 0, "a dialog covers the page"
    page.screenshot(path=out)
    tall = page.evaluate("Math.ceil(document.querySelector('.stMainBlockContainer').scrollHeight)")
    page.set_viewport_size({"width": width, "height": max(tall + 40, WIDTHS[width])})
    page.wait_for_timeout(400)
    page.locator("[data-busy], .dv-sketched").first.wait_for(state="detached")
    page.screenshot(path=out.with_stem(f"{out.stem}-whole"))
    page.close()


def main() -> None:
    """Take all the pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    with live.Server() as server, sync_playwright() as playwright:
        browser = live.launch(playwright)
        for name in sys.argv[1:] or pages():
            for (scene, query), width, theme, lang in product(
                scenes(name).items(), WIDTHS, THEMES, LANGUAGES
            ):
                out = OUT / f"{name}-{scene}-{width}-{theme}-{lang}.png"
                shoot(
                    browser,
                    f"{server.url}?page={name}&{query}&lang={lang}",
                    out,
                    width,
                    theme,
                    lang,
                )
                print(out.relative_to(live.ROOT))
        browser.close()
    readme = OUT / "playground-default-1280-light-en.png"
    if readme.exists():
        (live.ROOT / ".github").mkdir(exist_ok=True)
        shutil.copy(readme, live.ROOT / ".github/playground.png")


if __name__ == "__main__":
    main()
