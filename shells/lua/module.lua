-- Written by 'condafuse module', for Lmod. Print it again after you install packages that set variables.
whatis(`whatis`)

-- Loading mounts the environment. Unloading leaves it mounted: others may use it.
if mode() == "load" and subprocess(`command`):gsub("\n$", "") ~= `prefix` then
  LmodError(`failure`)
end

-- The environment is stacked on what is active. On unload, the level is its own.
local level = tonumber(os.getenv("CONDA_SHLVL") or "") or 0
if mode() == "unload" then
  level = level - 1
end
if level > 0 and os.getenv("CONDA_PREFIX") then
  pushenv("CONDA_PREFIX_" .. level, os.getenv("CONDA_PREFIX"))
  pushenv("CONDA_STACKED_" .. level + 1, "true")
end
pushenv("CONDA_SHLVL", string.format("%d", level + 1))
`variables`
