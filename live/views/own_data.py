"""The page from which a person takes their own data, as a zip of CSVs or as JSON."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from live.forms.own_data import OwnDataForm
from live.own_data.everything import LEFT_OUT, TABLES, own_data_of
from people.brand import site_brand
from people.own_data.files import as_json, as_zip
from people.pace import paced
from people.requests import SignedInRequest
from people.signing_in.recently import recent_sign_in_required, signed_in_recently, take_confirmation

KINDS = {"zip": (as_zip, "application/zip"), "json": (as_json, "application/json")}


@require_http_methods(["GET", "HEAD", "POST"])
@paced("own_data", "files were made")
@recent_sign_in_required(back_to=lambda request: reverse("own-data"))
def own_data(request: SignedInRequest) -> HttpResponse | StreamingHttpResponse:
    """Describe the files; a POST of a recent sign-in streams one of them."""
    form = OwnDataForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form)
    kind = form.cleaned_data["format"]
    write, content_type = KINDS[kind]
    name = f'attachment; filename="{site_brand().slug}-own-data.{kind}"'
    return StreamingHttpResponse(write(own_data_of(request.user)), content_type, headers={"Content-Disposition": name})


def _page(request: SignedInRequest, form: OwnDataForm) -> HttpResponse:
    context = {
        "form": form,
        "tables": TABLES,
        "left_out": list(dict.fromkeys(LEFT_OUT.values())),
        "is_known": take_confirmation(request),
        "asks_again": not signed_in_recently(request),
    }
    return render(request, "live/own_data.html", context, status=422 if form.is_bound else 200)
