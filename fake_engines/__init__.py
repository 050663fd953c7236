"""A priced engine that is not one: its own process, its own charge log, faults on request.

    python -m fake_engines --port 0 --log charges.jsonl --seed 1

It is the judge of the ledger's tests: what it charged stands in its log, whatever the studio believes.
"""
