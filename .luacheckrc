-- Lua 5.4 as the sandbox gives it: no globals of a script's own.
std = "lua54"
max_line_length = 100
globals = {}
-- A callback may leave out what it does not need; the name still tells what it is given.
unused_args = false
-- Specs are run by `apogee test`, annotations are never run.
files["**/spec"] = { read_globals = { "describe", "it", "before_each", "after_each", "expect" } }
exclude_files = { ".build", "plugins/_meta" }
