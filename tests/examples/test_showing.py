import pytest


def test_the_scores_stand_in_one_column_below_what_is_measured(example, capsys):
    example("showing").show("accuracy", {"network": 0.98765, "commonest label": 0.5})
    assert capsys.readouterr().out.splitlines() == [
        "                 accuracy",
        "network             0.988",
        "commonest label     0.500",
    ]


def test_the_folder_for_what_is_drawn_is_made(example, tmp_path):
    folder = tmp_path / "a" / "b"
    args = example("showing").arguments("A story.\n\nMore of it.", ["--out", str(folder)])
    assert folder.is_dir()
    assert (args.quick, args.seed) == (False, 0)


def test_the_help_tells_the_story(example, capsys):
    with pytest.raises(SystemExit) as stop:
        example("showing").arguments("A story.\n\nMore of it.", ["--help"])
    assert stop.value.code == 0
    assert "A story." in capsys.readouterr().out
