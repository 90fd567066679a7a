"""What is known of each network, a JSON file each, so that an interrupted run goes on."""

import json
from pathlib import Path


class Records:
    """A folder with a JSON object for each network."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __getitem__(self, name: str) -> dict:
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def note(self, name: str, **entries) -> None:
        path = self.folder / f"{name}.json"
        unfinished = path.with_name(path.name + ".part")
        words = json.dumps(self[name] | entries, indent=1, sort_keys=True)
        unfinished.write_text(words + "\n")
        unfinished.replace(path)
