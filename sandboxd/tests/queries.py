"""Loads lines into DuckDB with the generated tables and answers questions that people ask, as one JSON object.

Arguments: the table definitions, the file of lines. Whether the answers are right is left to duckdb.rs.
"""

import json
import sys

import duckdb

QUERIES = {
    "calls by name": """
        SELECT syscall, count(*) FROM syscalls GROUP BY ALL""",
    "failed opens by path": """
        SELECT args->>'$.pathname' AS path, error, count(*) FROM syscalls
        WHERE syscall LIKE 'open%' AND error IS NOT NULL GROUP BY ALL""",
    "calls by svc instruction": """
        SELECT caller.pc, count(*) FROM syscalls GROUP BY ALL""",
    "bytes read per descriptor": """
        SELECT pid, (args->>'$.fd')::INTEGER AS fd, sum(ret)::BIGINT FROM syscalls
        WHERE syscall = 'read' AND ret > 0 GROUP BY ALL""",
    "books": """
        WITH told AS (
            SELECT run, any_value(by_call) AS by_call FROM events WHERE type = 'end' GROUP BY run),
        named AS (
            SELECT run, by_call, unnest(json_keys(by_call)) AS key FROM told),
        emitted AS (
            SELECT run, key, (by_call->key->>'emitted')::BIGINT AS emitted FROM named),
        there AS (
            SELECT run, CASE abi WHEN 'arm32' THEN 'arm32:' ELSE '' END
                || CASE WHEN syscall LIKE 'syscall_0x%' THEN 'other' ELSE syscall END AS key, count(*) AS lines
            FROM syscalls GROUP BY ALL)
        SELECT key, coalesce(emitted, 0), coalesce(lines, 0) FROM emitted FULL JOIN there USING (run, key)""",
    "first and last moment": """
        SELECT epoch_ns(min(time)), epoch_ns(max(time)) FROM syscalls""",
    "lost and seen": """
        SELECT run, seen, emitted + filtered + lost FROM events WHERE type = 'end' GROUP BY ALL""",
    "statuses": """
        SELECT count(*) FROM syscalls WHERE len(map_values(arg_status)) > 0""",
}


def main() -> None:
    tables, lines = sys.argv[1:]
    database = duckdb.connect()
    with open(tables, encoding="utf-8") as file:
        database.execute(file.read())
    database.execute("INSERT INTO syscalls SELECT * FROM syscall_lines(?)", [lines])
    database.execute("INSERT INTO events SELECT * FROM event_lines(?)", [lines])
    answers = {}
    for name, query in QUERIES.items():
        rows = database.execute(query).fetchall()
        answers[name] = sorted(([list(row) for row in rows]), key=json.dumps)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
