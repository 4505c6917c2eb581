"""`pizza open`."""

from pathlib import Path

import click

from pizza_assets.command_name import typed
from pizza_assets.errors import PizzaAssetsError


@click.command("open")
@click.option("--print", "is_print_only", is_flag=True, help="Only print the path of the page.")
def open_page(is_print_only: bool) -> int:
    """Open the page in a browser. If it is in a bucket, download a copy first."""
    import webbrowser

    from pizza_assets.cli.terminal import say
    from pizza_assets.storage.frames import write_bytes
    from pizza_assets.storage.layout import whole_key
    from pizza_assets.storage.local_folder import LocalFolder
    from pizza_assets.workbench import Workbench

    bench = Workbench()
    objects, key = bench.tables.objects, whole_key("dashboard_page")
    content = objects.read(key)
    if content is None:
        raise PizzaAssetsError(f"{objects.uri(key)} does not exist yet; run `{typed('run')}` first")
    path = Path(objects.uri(key))
    if bench.settings.is_on_s3:
        copies = LocalFolder(bench.settings.machine_folder)
        write_bytes(copies, key, content)
        path = Path(copies.uri(key))
    say(path)
    if not is_print_only:
        webbrowser.open(path.as_uri())
    return 0
