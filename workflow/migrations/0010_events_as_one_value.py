"""A transaction's events come as one value: a driver makes lists of them dearly."""

from importlib import import_module

from django.db import migrations

before = import_module("workflow.migrations.0006_one_call_each")

# As before, from [[kind, body]].
WRITE = """
CREATE FUNCTION write_events(stream uuid, told jsonb) RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE house uuid := app_studio(); many bigint := jsonb_array_length(told); last bigint;
BEGIN
  UPDATE workflow_stream s SET seq = s.seq + many WHERE s.studio_id = house AND s.id = stream RETURNING s.seq INTO last;
  IF NOT FOUND THEN
    INSERT INTO workflow_stream (id, studio_id, seq) VALUES (stream, house, 0) ON CONFLICT DO NOTHING;
    UPDATE workflow_stream s SET seq = s.seq + many
     WHERE s.studio_id = house AND s.id = stream RETURNING s.seq INTO last;
  END IF;
  INSERT INTO workflow_event (id, studio_id, created_at, updated_at, stream_id, seq, kind, body)
  SELECT gen_random_uuid(), house, clock_timestamp(), clock_timestamp(), stream, last - many + t.number,
         t.event ->> 0, t.event -> 1
    FROM jsonb_array_elements(told) WITH ORDINALITY AS t (event, number);
  RETURN last;
END
$body$;
"""
DROP = "DROP FUNCTION write_events;"


def installed(body: str) -> str:
    """In place of the other one, for the application; behind the row policies, as it runs as its caller."""
    return DROP + body + before.FOR_THE_APPLICATION.format("write_events")


class Migration(migrations.Migration):
    dependencies = [("workflow", "0009_moves_along_arrows")]

    operations = [migrations.RunSQL(installed(WRITE), installed(before.WRITE))]
