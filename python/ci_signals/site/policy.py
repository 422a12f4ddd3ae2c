"""What a page of the site may load: a tag in each page says it, and `signals serve` in a header."""

# Only files of the site: scripts, style sheets and pages in a frame. `file:` is for pages opened from disk.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' file:",
        "style-src 'self' file:",
        "img-src 'self' file:",
        "frame-src 'self' file:",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
