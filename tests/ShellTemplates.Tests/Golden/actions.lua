# How a module file in Lua spells what activation sets; see the table of bash and zsh.
quote   "{}"
escape  \ \\
escape  " \"
export  pushenv("{name}", {value})
prepend prepend_path("{name}", {value})
append  append_path("{name}", {value})
