"""Pictures that an operator uploads as the art of a gift."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 8 8"'


def svg(inside='<path d="M0 0h8v8z"/>', attributes=""):
    return f"{SVG} {attributes}>{inside}</svg>".encode()


def png(width=300, height=200, colour=(200, 40, 20, 255), **options):
    content = io.BytesIO()
    Image.new("RGBA", (width, height), colour).save(content, "PNG", **options)
    return content.getvalue()


def as_upload(content, name="gift.svg"):
    return SimpleUploadedFile(name, content, "application/octet-stream")
