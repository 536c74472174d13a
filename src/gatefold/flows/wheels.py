"""Prints, as JSON, the version and the folder of each wheel that this Python has."""

import importlib.metadata
import importlib.util
import json
import sys

found = {}
for wheel in sys.argv[1:]:
    package = wheel.replace("-", "_")
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        continue
    try:
        version = importlib.metadata.version(wheel)
    except importlib.metadata.PackageNotFoundError:
        continue
    found[wheel] = {"folder": spec.submodule_search_locations[0], "version": version}
print(json.dumps(found))
