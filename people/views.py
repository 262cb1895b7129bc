"""The reader's own pages: profile, notices, chosen mails, and the mails of the demo."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from people.answers import posted_from, see_other
from people.forms import MailChoicesForm, PictureForm, ProfileForm
from people.mail.choices import choices_of, choose_mails
from people.mail.mailbox import find_mail, read_mailbox
from people.models import PageVersion
from people.notices import read_notices
from people.pace import paced
from people.pages import read_page
from people.pictures import PictureRefused, read_picture, remove_picture, set_picture
from people.requests import Request, SignedInRequest

NOTICES_PER_PAGE = 20


@require_safe
def profile(request: SignedInRequest) -> HttpResponse:
    """Show the reader's profile."""
    return render(request, "people/profile.html")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: SignedInRequest) -> HttpResponse:
    """Edit name and picture, and how the reader appears in lives."""
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        if "avatar" in form.changed_data:
            remove_picture(request.user)
        messages.success(request, "Your profile is saved.")
        return see_other("profile")
    if request.method == "POST":
        request.user.refresh_from_db(fields=["name", "avatar", "is_somebody"])  # the top bar shows what is stored
    return _edit_again(request, form, PictureForm(), 422 if form.is_bound else 200)


@posted_from("edit-profile")
@paced("picture", "pictures were sent")
def picture_upload(request: SignedInRequest) -> HttpResponse:
    """Make an uploaded file the reader's picture."""
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["picture"]
        try:
            set_picture(request.user, file, file.size)
        except PictureRefused as refusal:
            form.add_error("picture", str(refusal))
        else:
            messages.success(request, "Your picture is saved.")
            return see_other("edit-profile")
    return _edit_again(request, ProfileForm(instance=request.user), form, 422)


@posted_from("edit-profile")
def picture_remove(request: SignedInRequest) -> HttpResponse:
    """Delete the reader's picture; a repeat changes nothing."""
    remove_picture(request.user)
    messages.success(request, "Your picture is removed.")
    return see_other("edit-profile")


@login_not_required
@require_safe
def picture(request: Request, name: str) -> HttpResponse:
    """Return the file of a picture. Its name is the digest of its bytes, so it may be kept for ever."""
    content = read_picture(name)
    if content is None:
        raise Http404
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="image/webp", headers=headers)


def _edit_again(
    request: SignedInRequest, form: ProfileForm, picture_form: PictureForm | None, status: int
) -> HttpResponse:
    context = {"form": form, "picture_form": picture_form}
    return render(request, "people/edit_profile.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def mail_choices(request: SignedInRequest) -> HttpResponse:
    """Choose which mails the reader gets."""
    form = MailChoicesForm(request.POST if request.method == "POST" else None, instance=choices_of(request.user))
    if form.is_valid():
        choose_mails(request.user, **form.cleaned_data)
        messages.success(request, "Your choice of mails is saved.")
        return see_other("mail-choices")
    return render(request, "people/mail_choices.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def notices(request: SignedInRequest) -> HttpResponse:
    """Show the reader's notices, the newest first. Those on the page count as read, unless a browser prefetches it."""
    page = Paginator(request.user.notices.all(), NOTICES_PER_PAGE).get_page(request.GET.get("page"))
    unread = [notice.pk for notice in page if notice.read_at is None]
    if unread and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        read_notices(request.user, only=unread)
    return render(request, "people/notices.html", {"page": page})


@posted_from("notices")
def mark_notices_read(request: SignedInRequest) -> HttpResponse:
    """Mark all notices as read."""
    read_notices(request.user)
    return see_other("notices")


@login_not_required
@require_safe
def mailbox(request: Request) -> HttpResponse:
    """Show the mails written to files. Sign-up needs their codes, so the page needs no log-in."""
    if not settings.MAILBOX:
        raise Http404
    return render(request, "people/mailbox.html", {"mails": read_mailbox()})


@login_not_required
@require_safe
def mail(request: Request, slug: str) -> HttpResponse:
    """Show one mail."""
    found = find_mail(slug) if settings.MAILBOX else None
    if found is None:
        raise Http404
    return render(request, "people/mail.html", {"mail": found})


@login_not_required
@require_safe
def site_page(request: Request, slug: str) -> HttpResponse:
    """Show the help, the terms, privacy or contact; `?version=` shows an earlier version, 404 if there is none."""
    try:
        number = int(request.GET["version"]) if "version" in request.GET else None
        page = read_page(slug, number)
    except (ValueError, OverflowError, PageVersion.DoesNotExist) as error:
        raise Http404 from error
    return render(request, "people/site_page.html", {"page": page})
