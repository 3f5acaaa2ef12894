"""pip's settings, read as pip reads them."""

from __future__ import annotations

from pathlib import Path

from pipelines.data.pip_settings import PipSettings, read_pip_settings


def test_without_settings_it_is_pypi() -> None:
    assert read_pip_settings({}, []) == PipSettings(("https://pypi.org/simple",))


def test_a_file_s_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\n"
        "index-url = https://mirror.example.org/simple/\n"
        "extra-index-url =\n    https://one.example.org/simple\n    file:///opt/simple\n"
        "cert = /etc/ssl/mirror.pem\n"
        "find_links = /opt/wheels\n"
        "timeout = 60\n"
        "[install]\nindex-url = https://other.example.org\n"
    )

    assert read_pip_settings({}, [file]) == PipSettings(
        indexes=(
            "https://mirror.example.org/simple",
            "https://one.example.org/simple",
            "file:///opt/simple",
        ),
        find_links=("/opt/wheels",),
        cert=Path("/etc/ssl/mirror.pem"),
        timeout_s=60.0,
    )


def test_a_later_file_wins_and_a_variable_wins_over_all(tmp_path: Path) -> None:
    files = [tmp_path / "machine", tmp_path / "user"]
    files[0].write_text("[global]\nindex-url = https://machine\nproxy = http://proxy\n")
    files[1].write_text("[global]\nindex-url = https://user\n[download]\ncert = /a.pem\n")

    assert read_pip_settings({}, files).indexes == ("https://user",)
    found = read_pip_settings({"PIP_INDEX_URL": "https://variable", "PIP_CERT": "/b.pem"}, files)
    assert found == PipSettings(("https://variable",), cert=Path("/b.pem"), proxy="http://proxy")


def test_no_index_leaves_only_links() -> None:
    found = read_pip_settings({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/a /b"}, [])

    assert (found.indexes, found.find_links) == ((), ("/a", "/b"))


def test_a_file_that_is_named_is_read_last(tmp_path: Path) -> None:
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "pip" / "pip.conf").write_text("[global]\nindex-url = https://user\n")
    (tmp_path / "mine").write_text("[global]\nindex-url = https://mine\n")
    home = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "none")}

    assert read_pip_settings(home).indexes[0] == "https://user"
    named = {**home, "PIP_CONFIG_FILE": str(tmp_path / "mine")}
    assert read_pip_settings(named).indexes[0] == "https://mine"
    nothing = {**home, "PIP_CONFIG_FILE": "/dev/null"}
    assert read_pip_settings(nothing).indexes == ("https://pypi.org/simple",)


def test_a_file_that_cannot_be_read_has_no_settings(tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("index-url = https://no-section\n")

    assert read_pip_settings({}, [tmp_path / "broken", tmp_path / "gone"]) == PipSettings()
