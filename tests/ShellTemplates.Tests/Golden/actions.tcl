# How a module file in Tcl spells what activation sets; see the table of bash and zsh.
quote   "{}"
escape  \ \\
escape  " \"
escape  $ \$
escape  [ \[
escape  ] \]
export  condafuse_set {name} {value}
prepend prepend-path {name} {value}
append  append-path {name} {value}
