"""The banner of the reader's own page as a creator: upload and removal."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from live.creators.banners import remove_banner, set_banner
from live.creators.creators import creator_of
from live.forms.studio import BannerForm, ProfileForm
from live.models import Creator
from people.answers import posted_from, see_other
from people.pace import paced
from people.pictures import PictureRefused
from people.requests import SignedInRequest


@posted_from("creator-profile")
@paced("picture", "pictures were sent")
def banner_upload(request: SignedInRequest) -> HttpResponse:
    """Make an uploaded file the banner of the reader's page."""
    creator = _own_page(request)
    form = BannerForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["banner"]
        try:
            set_banner(creator, file, file.size)
        except PictureRefused as refusal:
            form.add_error("banner", str(refusal))
        else:
            messages.success(request, "Your banner is saved.")
            return see_other("creator-profile")
    words = ProfileForm(initial={name: getattr(creator, name) for name in ProfileForm.base_fields})
    context = {"form": words, "banner_form": form, "creator": creator}
    return render(request, "live/studio/profile.html", context, status=422)


@posted_from("creator-profile")
def banner_remove(request: SignedInRequest) -> HttpResponse:
    """Delete the banner of the reader's page; a repeat changes nothing."""
    remove_banner(_own_page(request))
    messages.success(request, "Your banner is removed.")
    return see_other("creator-profile")


def _own_page(request: SignedInRequest) -> Creator:
    creator = creator_of(request.user)
    if creator is None:
        raise Http404
    return creator
