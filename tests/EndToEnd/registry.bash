# shellcheck shell=bash
# Debian's docker-registry on free ports of this machine, for one file of tests.

# start_registry NAME [YAML...]: starts a registry that keeps its content, its log and its process id in ${BATS_FILE_TMPDIR}/NAME. Each YAML is a
# further line of its configuration; "tls" and "password" stand for those.
start_registry() {
  local folder="${BATS_FILE_TMPDIR}/$1" tls='' line
  mkdir -p "${folder}"
  shift
  {
    printf '%s\n' 'version: 0.1' "storage: {filesystem: {rootdirectory: '${folder}/store'}}"
    for line in "$@"; do
      case "${line}" in
      tls)
        make_certificates "${folder}"
        tls=", tls: {certificate: '${folder}/server.crt', key: '${folder}/server.key'}"
        ;;
      password)
        htpasswd -Bbn ada 'secret pass' >"${folder}/htpasswd"
        printf '%s\n' "auth: {htpasswd: {realm: test, path: '${folder}/htpasswd'}}"
        ;;
      *) printf '%s\n' "${line}" ;;
      esac
    done
    printf '%s\n' "http: {addr: '127.0.0.1:0'${tls}}"
  } >"${folder}/config.yml"
  docker-registry serve "${folder}/config.yml" >"${folder}/log" 2>&1 </dev/null 3>&- &
  echo $! >"${folder}/pid"
  eventually grep -q 'listening on' "${folder}/log"
}

# The host and port of registry $1.
registry_at() {
  sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "${BATS_FILE_TMPDIR}/$1/log" | head -n 1
}

# A certificate authority and a certificate for 127.0.0.1, in folder $1.
make_certificates() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Test authority' \
    -addext basicConstraints=critical,CA:TRUE -keyout "$1/ca.key" -out "$1/ca.crt" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=127.0.0.1' -keyout "$1/server.key" -out "$1/server.csr" 2>/dev/null
  openssl x509 -req -in "$1/server.csr" -CA "$1/ca.crt" -CAkey "$1/ca.key" -set_serial 1 -days 2 -out "$1/server.crt" \
    -extfile <(printf '%s\n' 'subjectAltName=IP:127.0.0.1,DNS:localhost' 'extendedKeyUsage=serverAuth') 2>/dev/null
}

# Ends all registries of the file.
stop_registries() {
  local file
  for file in "${BATS_FILE_TMPDIR}"/*/pid; do
    [[ ! -e "${file}" ]] || { kill "$(<"${file}")" && eventually process_is_gone "$(<"${file}")"; } || true
  done
}

process_is_gone() {
  ! kill -0 "$1" 2>/dev/null
}
