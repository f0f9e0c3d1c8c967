"""Starts programs in a root that lapstrake has made of Debian packages (oracle.py), in a chroot."""
import os
import re
import shutil
import socket
import subprocess
import tempfile

# (a file of the root that the check needs, a command for /bin/sh in it, what it must print). $PORT is free.
SITE = """cat >/etc/nginx/conf.d/php.conf <<EOF
server { listen 127.0.0.1:$PORT; root /var/www/html; location ~ \\.php\\$ { include snippets/fastcgi-php.conf; fastcgi_pass unix:/run/php/php8.2-fpm.sock; } }
EOF
echo '<?php echo posix_getpwuid(posix_geteuid())["name"], " ", count(get_loaded_extensions()), " ", php_ini_loaded_file(), " ", ini_get("opcache.enable");' \
  >/var/www/html/index.php
"""
FETCH = """php -r 'for ($i = 0; $i < 50 && ($page = @file_get_contents($argv[1])) === false; ++$i) usleep(100000); echo $page;' """
CHECKS = [
    ("usr/sbin/nginx", "nginx -t 2>&1", "test is successful"),
    ("usr/sbin/nginx", "nginx -g 'daemon off;' & server=$!\n" + FETCH + "http://127.0.0.1/; kill $server", "Welcome to nginx|Apache2 Debian Default Page"),
    ("usr/sbin/php-fpm8.2", "php-fpm8.2 -m; php-fpm8.2 -t 2>&1", r"(?si)calendar.*fileinfo.*pdo.*Zend OPcache.*test is successful"),
    ("usr/sbin/php-fpm8.2", SITE + "php-fpm8.2 -F & fpm=$!\nnginx -g 'daemon off;' & nginx=$!\n" + FETCH + "http://127.0.0.1:$PORT/index.php; kill $fpm $nginx",
     r"^www-data [3-9]\d /etc/php/8.2/fpm/php.ini 1$"),
    ("usr/bin/php8.2", "php --ini; phpquery -v 8.2 -s cli -m ctype; phpdismod -v 8.2 ctype; phpquery -v 8.2 -s cli -m ctype || phpenmod -v 8.2 ctype; php -m",
     r"(?s)/etc/php/8.2/cli/php.ini.*Enabled for cli by maintainer.*Disabled.*ctype"),
    ("usr/bin/openssl", "for each in /usr/share/ca-certificates/mozilla/*.crt; do openssl verify -no_check_time -no-CAfile -CApath /etc/ssl/certs $each || exit 1; done; "
     "openssl verify -no-CApath -CAfile /etc/ssl/certs/ca-certificates.crt /usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt", "ISRG_Root_X1.crt: OK$"),
    ("usr/bin/dpkg", "dpkg --audit && dpkg -l base-files && dpkg --verify base-files bash && apt-get check && update-alternatives --display awk",
     "(?s)ii  base-files.*link best version is /usr/bin/mawk"),
    ("usr/bin/su", "su -s /bin/sh www-data -c id && pwck -rq; grpck -r && echo valid", r"(?s)uid=33\(www-data\).*valid"),
    ("usr/bin/awk", "echo a b | awk '{print $2}'; which awk; locale; date +%Z; getent hosts localhost", "(?s)^b\n/usr/bin/awk.*UTC"),
    ("usr/bin/python3", "python3 -c 'import ssl, sqlite3, sys; print(ssl.create_default_context().cert_store_stats()[\"x509_ca\"] > 100, sys.version)'", "^True 3.11"),
    ("usr/bin/flask", "flask --version", "Flask 2"),
    ("usr/bin/node", "node -e 'console.log(require(\"tls\").rootCertificates.length > 100, process.version)'", "^true v18"),
    ("usr/bin/psql", "psql --version", "psql .PostgreSQL. 15"),
    ("usr/bin/redis-server", "cd /var/lib/redis; setpriv --reuid=redis --regid=redis --init-groups redis-server --port $PORT --dir /var/lib/redis >/dev/null & server=$!\n"
     "for i in $(seq 50); do redis-cli -p $PORT ping >/dev/null 2>&1 && break; sleep 0.1; done\n"
     "redis-cli -p $PORT save; stat -c '%U:%G' /var/lib/redis/dump.rdb; kill $server", "^OK\nredis:redis$"),
    ("usr/bin/ruby", "ruby -ropenssl -e 'puts OpenSSL::X509::Store.new.tap(&:set_default_paths) && RUBY_VERSION'", "^3.1"),
    ("usr/bin/git", "cd /tmp && git init -q x && cd x && git -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m 'first' && git log --format=%s", "^first$"),
    ("usr/bin/curl", "curl --version; curl -s file:///etc/debian_version; curl-config --ca 2>/dev/null; echo", r"(?s)^curl 7.88.*https.*12\."),
    ("usr/lib/jvm", "java -version 2>&1; keytool -list -cacerts -storepass changeit | tail -n +1 | grep -c trustedCertEntry", r"(?s)openjdk version .17.*\n1\d\d$"),
    ("usr/bin/convert", "convert rose: -resize 50% png:/tmp/rose.png && identify /tmp/rose.png", "PNG 35x23"),
    ("usr/bin/ffmpeg", "ffmpeg -v error -f lavfi -i testsrc=duration=1:size=64x64 -y /tmp/x.mp4 && ffprobe -v error -show_entries format=format_name /tmp/x.mp4",
     "format_name=mov,mp4"),
    ("usr/sbin/apache2", "apache2ctl -t 2>&1; apache2ctl -M 2>&1", r"(?s)Syntax OK.*authz_core_module.*dir_module.*mpm_event_module.*status_module"),
    ("usr/bin/unzip", "unzip -v", "UnZip 6"),
]
IN_ROOT = r"""mount --bind /dev "$0/dev" && mount -t proc proc "$0/proc" &&
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 PORT="$2" chroot "$0" /bin/sh -c "$1" """


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def run(root, command):
    try:
        done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", IN_ROOT, root, command, free_port()],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, errors="replace", timeout=120)
    except subprocess.TimeoutExpired:
        return "", "no end within 120 seconds"
    return done.stdout.strip("\n"), done.stderr


def check(tar):
    """The number of programs that fail; -1 where no root can be entered."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        print("NOT RUN: programs of the root, which need root")
        return -1
    failed = started = 0
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        subprocess.run(["tar", "--numeric-owner", "-xpf", tar, "-C", root], check=True)
        for folder in ("dev", "proc", "tmp"):
            os.makedirs(os.path.join(root, folder), exist_ok=True)
        for path, command, expected in CHECKS:
            if not os.path.lexists(os.path.join(root, path)):
                continue
            started += 1
            out, errors = run(root, command)
            if not re.search(expected, out):
                failed += 1
                print("%s:\n  %s\nprints\n  %s\n  %s\ninstead of /%s/" % (path, command, out[-1500:], errors[-1500:], expected))
    print("%d checks of programs, %d failed" % (started, failed))
    return failed
