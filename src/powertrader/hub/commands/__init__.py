"""What buttons, menus and keys do: each command has one name and one handler."""
