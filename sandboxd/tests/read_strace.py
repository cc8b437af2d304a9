"""Reads text as strace's output with a program of others: stracetools, whose parser needs nothing but Python.

Argument: a file of lines. Prints what it made of each as JSON, null where it made nothing. Whether that is right is left
to readers.rs.
"""

import importlib.util
import json
import sys

# Its package imports what draws pictures, which is not needed here.
package = importlib.util.find_spec("stracetools").submodule_search_locations[0]
spec = importlib.util.spec_from_file_location("parser", package + "/parser.py")
module = importlib.util.module_from_spec(spec)
sys.modules["parser"] = module
spec.loader.exec_module(module)

if sys.argv[1:]:
    parser = module.StraceParser()
    found = []
    for line in open(sys.argv[1], encoding="utf-8"):
        event = parser.parse_line(line)
        found.append(event and {
            "tid": event.pid,
            "kind": event.event_type.value,
            "name": event.name,
            "args": len(event.args),
            "ret": event.return_value,
            "error": event.error_msg,
            "seconds": event.duration,
        })
    json.dump(found, sys.stdout)
