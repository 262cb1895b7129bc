"""axe on a page that is open, in light and in dark."""

from axe_playwright_python.base import AXE_SCRIPT

# Of all rules these alone look at colours: they run again in the other scheme, where nothing else differs.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
# Stop transitions: a colour between two schemes belongs to neither. Return violations alone: the lists of
# passed rules take longer than the rules themselves.
RUN = """async (options) => {
  document.getAnimations().filter((one) => one instanceof CSSTransition).forEach((one) => one.finish());
  return (await axe.run({ resultTypes: ["violations"], selectors: false, ...options })).violations;
}"""
OTHER = {"light": "dark", "dark": "light"}


def break_no_rule(page, **options):
    """Fail with every rule that the page breaks, and where; `options` are axe's own."""
    page.wait_for_load_state()
    scheme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = describe(page.evaluate(RUN, options), scheme)
    page.emulate_media(color_scheme=OTHER[scheme])
    found += describe(page.evaluate(RUN, {**options, "runOnly": RULES_OF_COLOUR}), OTHER[scheme])
    page.emulate_media(color_scheme=scheme)
    assert found == [], f"{page.url} at {page.viewport_size}\n" + "\n".join(found)


def describe(violations, scheme):
    return [f"{one['id']} ({scheme}): {node['html'][:160]}" for one in violations for node in one["nodes"]]
