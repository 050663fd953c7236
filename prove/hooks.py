"""Call-backs of an engine: genuine ones, doubled and shuffled, forged, stale, of a stranger (reliability G11).

Every job's next look is put off by an hour behind the studio's back, so that only a call-back can bring it on. What
was charged is read in the engine's log, what changed by SQL.

python -m launcher.rows prove hooks --jobs 200 --seed 1
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import random
import threading
import time
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection
from queue import Empty, Queue

from engines import hooks
from engines.accounts import connect
from engines.models import EngineAccount
from prove import ground, private, shots
from prove.ground import Engine, Row, row
from prove.judge import Wanted, paid, unfinished, work, zero
from prove.private import Ground
from prove.reader import add_web, founder_of
from tenancy.models import Studio
from tenancy.scope import studio_scope

ENGINE, MODEL = "replicate", "replicate/flux-2-pro"
SECRET = "whsec_c2xhdGUtcHJvb2Ytc2VjcmV0IQ=="
STRANGER = "whsec_c29tZWJvZHktZWxzZS1lbnRpcmVseQ=="
STALE, PATIENCE, WORK_SECONDS = 400, 90.0, 0.7
# Put off whatever waits for an answer and was not put off yet; the reference names its work at the engine.
PUT_OFF = (
    "UPDATE workflow_job j SET run_after = now() + interval '1 hour' FROM engines_enginecall c"
    " WHERE j.studio_id = %s AND c.job_id = j.id AND c.state = 'submitted' AND j.state = 'waiting_engine'"
    " AND j.run_after < now() + interval '30 minutes' AND NOT j.id = ANY(%s) RETURNING j.id, c.provider_ref"
)
MOVED = (
    "SELECT count(*) FROM workflow_job WHERE id = %s"
    " AND (state <> 'waiting_engine' OR run_after < now() + interval '30 minutes')"
)
REFS = "SELECT provider_ref FROM engines_enginecall WHERE studio_id = %s AND state = 'done'"
Letter = tuple[dict[str, str], bytes]


@dataclass(slots=True)
class Post:
    """What was sent and how it was answered."""

    ground: Ground
    path: str
    sent: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    moved: int = 0

    def send(self, kind: str, letter: Letter, wanted: int, path: str = "") -> None:
        """Deliver one call-back; an answer other than `wanted` is noted."""
        connection = HTTPConnection("127.0.0.1", self.ground.port, timeout=20)
        headers = {"Content-Type": "application/json", **letter[0]}
        connection.request("POST", path or self.path, letter[1], headers)
        status = connection.getresponse().status
        connection.close()
        self.sent[kind] += 1
        if status != wanted:
            self.wrong[f"{kind}: {status}"] += 1


def run(argv: list[str]) -> list[Row]:
    """On ground of its own. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("hooks", argv)
    with private.ground() as made:
        return on(made, argv)


def on(made: Ground, argv: list[str]) -> list[Row]:
    """Order, put off, ring, judge."""
    parser = argparse.ArgumentParser(prog="prove hooks")
    parser.add_argument("--jobs", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(argv)
    with ground.fake_engine(told.seed, work_seconds=WORK_SECONDS) as engine:
        private.add_workers(made)
        add_web(made)
        studio = ground.found_studio(credits_milli=50_000_000)
        post = Post(made, _account(studio, engine))
        shots.queue_episodes(studio, 1, told.jobs, [MODEL])
        rung = _ring_all(made, engine, studio, post, random.Random(told.seed), told.jobs)
        wanted = Wanted((studio.pk,), told.jobs, 1)
        return [
            *_post(post, rung, told.jobs),
            *_charged(made, engine, studio),
            *work(made, wanted),
            *paid(made, engine, wanted),
        ]


def _account(studio: Studio, engine: Engine) -> str:
    """Connect the engine; the path at which it may ring."""
    with studio_scope(studio, actor=founder_of(studio)):
        connect(
            engine=ENGINE,
            base_url=f"{engine.url}/{ENGINE}",
            token="key",
            hook_secret=SECRET,
            actor=founder_of(studio),
        )
        word = hooks.word_of(EngineAccount.objects.get(engine=ENGINE))
    return f"/hooks/{studio.pk}/{ENGINE}/{word}/"


def _put_off(
    made: Ground, studio: Studio, waiting: Queue[tuple[uuid.UUID, str]], over: threading.Event
) -> None:
    """Put off each job as soon as its work was accepted, before it looks again by itself."""
    known: list[uuid.UUID] = []
    while not over.wait(0.05):
        for job, ref in made.sql(PUT_OFF, studio.pk, known):
            known.append(job)
            waiting.put((job, ref))


def _ring_all(
    made: Ground, engine: Engine, studio: Studio, post: Post, rng: random.Random, count: int
) -> int:
    """Ring for every job once it has been put off; doubled call-backs come later, in any order. Returns how many."""
    waiting: Queue[tuple[uuid.UUID, str]] = Queue()
    over, later, rung = threading.Event(), list[Letter](), 0
    threading.Thread(target=_put_off, args=(made, studio, waiting, over), daemon=True).start()
    ends = time.monotonic() + PATIENCE + count
    while time.monotonic() < ends and unfinished(made, [studio.pk]):
        with contextlib.suppress(Empty):
            job, ref = waiting.get(timeout=0.2)
            time.sleep(WORK_SECONDS + 0.1)
            genuine = _genuine(engine, ref)
            _bad_ones(post, genuine, rng)
            post.moved += made.sql(MOVED, job)[0][0]
            post.send("genuine", genuine, 204)
            rung += 1
            later += [genuine] * rng.choice((0, 1, 1, 2))
            rng.shuffle(later)
        while later and rng.random() < 0.5:
            post.send("doubled", later.pop(), 204)
    over.set()
    for letter in later:
        post.send("doubled", letter, 204)
    return rung


def _genuine(engine: Engine, ref: str) -> Letter:
    """As the engine itself writes and signs it."""
    with urllib.request.urlopen(
        f"{engine.url}/_control/callback/{ref}?secret={SECRET}", timeout=10
    ) as answer:
        told = json.load(answer)
    return dict(told["headers"]), str(told["body"]).encode()


def _bad_ones(post: Post, genuine: Letter, rng: random.Random) -> None:
    """Letters that must not count, in any order: the job's next look stays where it is."""
    headers, body = genuine
    number, stamp = headers["webhook-id"], int(headers["webhook-timestamp"])
    bad = [
        ("body changed", (headers, body + b" "), 403, ""),
        ("stale", _signed(number, stamp - STALE, body, SECRET), 403, ""),
        ("of a stranger", _signed(number, stamp, body, STRANGER), 403, ""),
        ("not signed", ({}, body), 403, ""),
        ("wrong word", genuine, 404, post.path[:-6] + "00000/"),
        ("wrong studio", genuine, 404, post.path.replace(post.path.split("/")[2], str(uuid.uuid4()))),
    ]
    for kind, letter, wanted, path in rng.sample(bad, len(bad)):
        post.send(kind, letter, wanted, path)


def _signed(number: str, stamp: int, body: bytes, secret: str) -> Letter:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.digest(key, f"{number}.{stamp}.".encode() + body, hashlib.sha256)
    signature = f"v1,{base64.b64encode(made).decode()}"
    return {"webhook-id": number, "webhook-timestamp": str(stamp), "webhook-signature": signature}, body


def _post(post: Post, rung: int, count: int) -> list[Row]:
    bad = sum(n for kind, n in post.sent.items() if kind not in ("genuine", "doubled"))
    return [
        row("jobs brought on by their call-back", rung, "jobs", f"{count}", rung == count),
        zero("jobs moved by a bad call-back", post.moved, f"of {bad} bad ones"),
        zero("call-backs answered wrongly", post.wrong.total(), f"of {post.sent.total()} {dict(post.wrong)}"),
    ]


def _charged(made: Ground, engine: Engine, studio: Studio) -> list[Row]:
    """This engine is told no key of ours: its works are compared by their numbers."""
    mine = Counter(ref for (ref,) in made.sql(REFS, studio.pk))
    return [
        zero(
            "works charged and not those of the jobs",
            len((engine.works() - mine) + (mine - engine.works())),
            "works",
        )
    ]
