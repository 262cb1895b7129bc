"""The tap of a tutorial: both balances locked, changed in Python and saved."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from bench.peers.tutorial.models import Present, Purse, Sent


@require_POST
@login_required
def tap(request, creator_id):
    present = get_object_or_404(Present, slug=request.POST["gift"])
    with transaction.atomic():
        viewer = Purse.objects.select_for_update().get(user=request.user)
        creator = Purse.objects.select_for_update().get(user_id=creator_id)
        if viewer.coins < present.coins:
            return HttpResponse("Not enough coins", status=409)
        viewer.coins -= present.coins
        viewer.save()
        creator.diamonds += present.coins
        creator.save()
        Sent.objects.create(viewer=request.user, creator_id=creator_id, present=present, coins=present.coins)
    return HttpResponse(f'<data id="coin-balance" value="{viewer.coins}">{viewer.coins:,}</data>')


def healthz(request):
    return HttpResponse("ok")
