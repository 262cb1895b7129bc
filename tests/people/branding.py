"""A brand for tests: its page in the admin, its colours, and a picture for its mark."""

import io

from PIL import Image

PAGE = "/admin/people/brand/1/change/"
DAY, NIGHT = "#0b6bcb", "#6db3ff"


def picture(width=400, height=300, colour=(10, 20, 200, 255)):
    content = io.BytesIO()
    Image.new("RGBA", (width, height), colour).save(content, "PNG")
    content.seek(0)
    content.name = "mark.png"
    return content
