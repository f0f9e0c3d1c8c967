// Effects that are read from commands of maintainer scripts.
#include <lapstrake/packages/deb/scripts.hpp>

#include "script_packages.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

// The effects of a postinst, then what is left of it.
std::string read(const std::string& lines, ScriptPackage package = {}) {
  TempDir folder;
  package.control["postinst"] = "#!/bin/sh\nset -e\n" + lines;
  const auto deb = deb_with(folder, package);
  std::string out = effects_text(script_effects(deb));
  for (const auto& line : review(deb, EffectTable("Version: 1\n"), {}).rest) out += cat("? ", line.text, "\n");
  return out;
}

}  // namespace

TEST_CASE("alternatives are read with their slaves, whatever the spelling") {
  CHECK(read(R"(
if [ "$1" = configure ]; then
  update-alternatives --quiet --install /usr/bin/editor editor /usr/bin/nano 40 \
    --slave /usr/share/man/man1/editor.1.gz editor.1.gz /usr/share/man/man1/nano.1.gz || true
fi
)") == "alternative /usr/bin/editor editor /usr/bin/nano 40 slave /usr/share/man/man1/editor.1.gz editor.1.gz "
       "/usr/share/man/man1/nano.1.gz\n");
  CHECK(read("update-alternatives --remove editor /usr/bin/nano\nupdate-alternatives --auto vi\n").empty());
  CHECK(read("update-alternatives --install /usr/bin/a a /usr/bin/b\n").starts_with("? "));
  CHECK(read("update-alternatives --install /usr/bin/a a /usr/bin/b 1 --frob x\n").starts_with("? "));
}

TEST_CASE("variables that have one value are expanded, also in loops and functions") {
  CHECK(read(R"(
prefix=/usr/bin
for tool in a b; do
  update-alternatives --install $prefix/$tool $tool "$prefix/${tool}1" 10
done
make_dir() { mkdir -m "$2" "$1"; }
make_dir /var/lib/tool 2750
)") == "alternative /usr/bin/a a /usr/bin/a1 10\nalternative /usr/bin/b b /usr/bin/b1 10\n"
       "directory /var/lib/tool 2750 root:root\n");
}

TEST_CASE("a variable that may have another value is not expanded") {
  CHECK(read("dir=/var/a\nif [ -e /etc/x ]; then dir=/var/b; fi\nmkdir $dir\n") ==
        "? dir=/var/a\n? if [ -e /etc/x ]; then\n? dir=/var/b\n? fi\n? mkdir $dir\n");
  CHECK(read("for d in $(cat /etc/dirs); do mkdir /var/$d; done\n").starts_with("? for"));
  CHECK(read("read dir\nmkdir $dir\n") == "? read dir\n? mkdir $dir\n");
  CHECK(read("set_dir() { dir=/var/b; }\ndir=/var/a\n[ -e /etc/x ] && set_dir\nmkdir $dir\n").find("directory") ==
        std::string::npos);
}

TEST_CASE("system accounts are read, with the defaults of adduser and useradd") {
  const auto [command, effects] = GENERATE(table<std::string, std::string>({
      {"adduser --system --group --home /var/lib/tool --no-create-home --gecos 'The tool' tool",
       "group tool auto\nuser tool auto tool /var/lib/tool /usr/sbin/nologin The tool\n"},
      {"adduser --system --home /var/lib/tool --shell /bin/sh tool",
       "user tool auto nogroup /var/lib/tool /bin/sh\ndirectory /var/lib/tool 0755 tool:nogroup\n"},
      {"adduser --system --quiet tool", "user tool auto nogroup /nonexistent /usr/sbin/nologin\n"},
      {"addgroup --system --gid 42 tool", "group tool 42\n"},
      {"adduser tool audio", "member tool audio\n"},
      {"usermod -aG audio tool", "member tool audio\n"},
      {"groupadd -r tool", "group tool auto\n"},
      {"useradd -r -g nogroup -d /var/tool -s /bin/false tool", "user tool auto nogroup /var/tool /bin/false\n"},
      {"useradd --system tool", "group tool auto\nuser tool auto tool /home/tool /bin/sh\n"},
  }));
  CAPTURE(command);
  CHECK(read(command + "\n") == effects);
}

TEST_CASE("accounts of persons and unknown options are not guessed") {
  for (const std::string command : {"adduser tool", "adduser --system --frob tool", "useradd tool", "groupadd tool",
                                    "usermod -d /x tool", "adduser --system 'to ol'", "adduser --system $USER"})
    CHECK(read(command + "\n") == cat("? ", command, "\n"));
}

TEST_CASE("an effect under the condition that its result is missing is certain") {
  CHECK(read("getent group tool >/dev/null || addgroup --system tool\n") == "group tool auto\n");
  CHECK(read("if [ -z \"$(id -u tool 2>/dev/null)\" ]; then adduser --system tool; fi\n").starts_with("user tool"));
  CHECK(read("if ! grep -q '^tool:' /etc/passwd; then adduser --system tool; fi\n").starts_with("user tool"));
  CHECK(read("if [ ! -d /var/tool ]; then\nmkdir /var/tool\nchown root:adm /var/tool\nchmod 750 /var/tool\nfi\n") ==
        "directory /var/tool 0750 root:adm\n");
  CHECK(read("[ -e /etc/tool ] || ln -s /usr/share/tool /etc/tool\n") == "symlink /etc/tool /usr/share/tool\n");
}

TEST_CASE("an effect under another condition is left to the table") {
  CHECK(read("if [ -e /etc/other ]; then mkdir /var/tool; fi\n").starts_with("? if"));
  CHECK(read("getent group other || addgroup --system tool\n").starts_with("? getent"));
  CHECK(read("if [ ! -d /var/a ]; then mkdir /var/b; fi\n").starts_with("? if"));
  CHECK(read("[ -x /opt/frob ] || exit 0\nmkdir /var/tool\n").find("directory") == std::string::npos);
  CHECK(read("mkdir /var/tool | cat\n").starts_with("? mkdir"));
}

TEST_CASE("folders, modes, owners and links are read") {
  CHECK(read("install -d -o www-data -g adm -m 2750 /var/log/tool\n") ==
        "directory /var/log/tool 2750 root:root\nattributes /var/log/tool 2750 www-data:adm\n");
  CHECK(read("chmod 01777 /var/tool\nchown :adm /var/tool\nchgrp adm /etc/tool\n") ==
        "attributes /var/tool 1777 -\nattributes /var/tool - :adm\nattributes /etc/tool - :adm\n");
  CHECK(read("dpkg-statoverride --update --add root adm 2755 /usr/bin/tool\n") ==
        "attributes /usr/bin/tool 2755 root:adm\n");
  for (const std::string command : {"chmod u+s /a", "chown -R a /a", "mkdir a", "mkdir /a*", "ln /a /b", "touch a"})
    CHECK(read(command + "\n") == cat("? ", command, "\n"));
}

TEST_CASE("files with a known text are read") {
  CHECK(read("cat >/etc/tool <<EOF\na\\b\nEOF\n").starts_with("?"));  // `\` means something there
  CHECK(read("cat >/etc/tool <<'EOF'\na\\b $x\nEOF\necho more >>/etc/tool\n") ==
        "file /etc/tool 0644 root:root a\\\\b $x\\nmore\\n\n");
  CHECK(read("umask 027\n: >/var/log/tool\nchown root:adm /var/log/tool\n") ==
        "file /var/log/tool 0640 root:root \nattributes /var/log/tool - root:adm\n");
  CHECK(read("echo $x >/etc/tool\n").starts_with("?"));
  CHECK(read("echo a >>/etc/tool\n").starts_with("?"));
  CHECK(read("umask $x\ntouch /var/log/tool\n").find("file") == std::string::npos);
}

TEST_CASE("a file of the package is copied") {
  const ScriptPackage package{.files = {"usr/share/tool/tool.conf"}, .folders = {"etc/tool"}};
  CHECK(read("cp -p /usr/share/tool/tool.conf /etc/tool.conf\n", package) ==
        "copy /usr/share/tool/tool.conf /etc/tool.conf\n");
  CHECK(read("cp /usr/share/tool/tool.conf /etc/tool\n", package) ==
        "copy /usr/share/tool/tool.conf /etc/tool/tool.conf\n");
  CHECK(read("ucf --three-way /usr/share/tool/tool.conf /etc/tool.conf\n", package) ==
        "copy /usr/share/tool/tool.conf /etc/tool.conf\n");
  CHECK(read("cp /var/other /etc/tool.conf\n", package).starts_with("?"));
  CHECK(read("ucf /tmp/x /etc/tool.conf\n", package).starts_with("?"));
}

TEST_CASE("the files of the package decide conditions of its postinst") {
  const ScriptPackage package{.files = {"usr/bin/tool"}, .folders = {"etc/tool"}, .links = {{"usr/bin/link", "tool"}}};
  CHECK(read("if [ -x /usr/bin/tool ]; then mkdir /var/a; fi\n", package) == "directory /var/a 0755 root:root\n");
  CHECK(read("if [ ! -d /etc/tool ]; then frob; fi\n", package).empty());
  CHECK(read("if [ -L /usr/bin/link ]; then mkdir /var/a; fi\n", package) == "directory /var/a 0755 root:root\n");
  CHECK(read("if [ -e /usr/bin/link ]; then mkdir /var/a; fi\n", package).starts_with("? if"));
}

TEST_CASE("removing what the package does not have is nothing, removing its own files is an action") {
  const ScriptPackage package{.files = {"etc/tool"}};
  CHECK(read("rm -f /etc/old\nif [ -e /etc/x ]; then rm -rf /var/old; rmdir /var/x; fi\n", package).empty());
  CHECK(read("rm -f /etc/tool\n", package) == "? rm -f /etc/tool\n");
  CHECK(read("touch /etc/new\nrm /etc/new\n", package) == "file /etc/new 0644 root:root\n? rm /etc/new\n");
  CHECK(read("rm -f \"$file\"\n", package) == "? rm -f \"$file\"\n");
}

TEST_CASE("a command in a substitution is looked at") {
  CHECK(read("x=$(frob)\n") == "? x=$(frob)\n");
  CHECK(read("echo `frob`\n") == "? echo `frob`\n");
  CHECK(read("systemctl restart $(cat /etc/x)\n").empty());
  CHECK(read("mkdir $(dirname /var/lib/tool/x)\n") == "directory /var/lib/tool 0755 root:root\n");
}

TEST_CASE("a script that ends is not followed further") {
  CHECK(read("if [ \"$1\" = configure ]; then exit 0; fi\nfrob\n").empty());
  CHECK(read("check() { exit 0; }\ncheck\nfrob\n").empty());
  CHECK(read("check() { return 0; }\ncheck\nmkdir /var/a\n") == "directory /var/a 0755 root:root\n");
  CHECK(read("[ -e /etc/x ] || exit 1\nmkdir /var/a\n") == "directory /var/a 0755 root:root\n");
}

TEST_CASE("what a script does in its own way is left to the table") {
  CHECK(read("IFS=:\nx=a:b\nmkdir /var/$x\n").find("directory") == std::string::npos);
  CHECK(read("dirs=(/a /b)\nmkdir $dirs\n").starts_with("? unsupported shell syntax"));
  CHECK(read("if [ -e /etc/x ]; then\nmake() { mkdir /var/a; }\nfi\nmake\n").find("directory") == std::string::npos);
  CHECK(read("make() { mkdir /var/a; }\nmake() { mkdir /var/b; }\nmake\n").find("directory") == std::string::npos);
  CHECK(read("[ -e /etc/x ] || { umask 077; touch /etc/x; }\ntouch /etc/y\n").find("/etc/y 0644") == std::string::npos);
  CHECK(read("systemd-sysusers tool.conf\nstart-stop-daemon --stop --exec /usr/bin/tool\n").empty());
  CHECK(read("echo 'u tool -' | systemd-sysusers -\nstart-stop-daemon --start --exec /usr/bin/tool\n") ==
        "? echo 'u tool -' | systemd-sysusers -\n? start-stop-daemon --start --exec /usr/bin/tool\n");
}
