#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/deb/scripts.hpp>
#include <support/failure.hpp>

#include "script_packages.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;
using Catch::Matchers::StartsWith;
using Kind = ScriptReview::Kind;

namespace {

const EffectTable empty_table("Version: 1\n");

std::string left_of(const std::string& lines) { return residue_text("#!/bin/sh\nset -e\n" + lines); }

// A table that has the scripts of the package.
EffectTable table_of(const Deb& deb, const std::string& effects) {
  return EffectTable(cat("Version: 1\n\nPackage: ", deb.name, "\nScripts: bookworm ", residue_hash(deb).substr(0, 16),
                         "\nEffects:\n ", effects, "\nNote: no frobs\n"));
}

}  // namespace

TEST_CASE("a package without scripts has nothing to review") {
  TempDir folder;
  const auto found = review(deb_with(folder, {}), empty_table, {});
  CHECK(found.kind == Kind::none);
  CHECK(found.note() == "scripts: none");
}

TEST_CASE("debhelper's code for services, caches and modules is standard") {
  TempDir folder;
  const auto deb = deb_with_postinst(folder, R"(
# Automatically added by dh_installsystemd/13.11.4
if [ "$1" = "configure" ] || [ "$1" = "abort-upgrade" ] || [ "$1" = "abort-remove" ] ; then
	deb-systemd-helper unmask 'tool.service' >/dev/null || true
	if deb-systemd-helper --quiet was-enabled 'tool.service'; then
		deb-systemd-helper enable 'tool.service' >/dev/null || true
	else
		deb-systemd-helper update-state 'tool.service' >/dev/null || true
	fi
	if [ -d /run/systemd/system ]; then
		systemctl --system daemon-reload >/dev/null || true
		if [ -n "$2" ]; then
			_dh_action=restart
		else
			_dh_action=start
		fi
		deb-systemd-invoke $_dh_action 'tool.service' >/dev/null || true
	fi
fi
if which py3compile >/dev/null 2>&1; then
	py3compile -p tool
fi
dpkg-maintscript-helper rm_conffile /etc/tool 1.0 -- "$@"
systemd-tmpfiles ${DPKG_ROOT:+--root="$DPKG_ROOT"} --create tool.conf || true
exit 0
)");
  const auto found = review(deb, empty_table, {});
  CHECK(found.rest.empty());
  CHECK(found.kind == Kind::standard);
}

TEST_CASE("commands for upgrades and removals are left out") {
  CHECK(left_of(R"(
case "$1" in
  configure)
    if [ -n "$2" ] && dpkg --compare-versions "$2" ge 2.0; then
      frob --upgrade
    fi
    if dpkg --compare-versions "$2" le-nl 2.0; then frob --upgrade; fi
    ;;
  abort-upgrade|abort-remove) frob --undo ;;
  *) frob --unknown ;;
esac
if [ "$1" != configure ]; then frob --other; fi
)")
            .empty());
  // An empty version is earlier than all others: dpkg(1).
  CHECK(left_of("if dpkg --compare-versions \"$2\" lt 2.0; then frob; fi\n") == "frob\n");
}

TEST_CASE("commands that nobody knows are left, with the conditions and variables that they need") {
  CHECK(left_of(R"(
unused=1
frobs=$(cat /etc/frobs)
if [ -e /opt/frob ] && [ "$1" = configure ]; then
  echo "frobbing"
  for frob in $frobs; do
    frob --install "$frob"   >/dev/null
  done
else
  echo "no frobs"
fi
)") == "frobs=$(cat /etc/frobs)\nif [ -e /opt/frob ]; then\nfor frob in $frobs; do\n"
       "frob --install \"$frob\" >/dev/null\ndone\nfi\n");
}

TEST_CASE("a line of the rest has the number that it has in the script") {
  const auto lines = residue("#!/bin/sh\n\n# a comment\nfrob \\\n  --all\n", "preinst");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].script == "preinst");
  CHECK(lines[0].number == 4);
  CHECK(lines[0].text == "frob --all");
}

TEST_CASE("a script that is not read counts as a whole, by its digest") {
  CHECK_THAT(residue_text("#!/usr/bin/perl\nprint 1;\n"), StartsWith("not a shell script, SHA-256 "));
  CHECK_THAT(residue_text("\x7f"
                          "ELF"),
             StartsWith("not a shell script"));
  CHECK_THAT(residue_text("#!/bin/sh\nif true; then\n"), StartsWith("unsupported shell syntax"));
  CHECK_THAT(residue_text("#!/bin/sh\n" + std::string(1 << 20, '\n')), StartsWith("too large"));
  CHECK(residue_text("#!/usr/bin/perl\nprint 1;\n") != residue_text("#!/usr/bin/perl\nprint 2;\n"));
}

TEST_CASE("the hash of the rest ignores comments, blanks and code for upgrades") {
  TempDir folder;
  const auto hash = residue_hash(deb_with_postinst(folder, "frob --all\n"));
  CHECK(hash.size() == 64);
  CHECK(hash == residue_hash(deb_with_postinst(folder, "# new\nif [ -n \"$2\" ]; then frob; fi\nfrob   --all\n")));
  CHECK(hash != residue_hash(deb_with_postinst(folder, "frob --some\n")));
  CHECK(hash != residue_hash(deb_with(folder, {.control = {{"preinst", "#!/bin/sh\nfrob --all\n"}}})));
}

TEST_CASE("scripts that run at an installation count, others do not") {
  TempDir folder;
  const std::string script = "#!/bin/sh\nfrob\n";
  CHECK(review(deb_with(folder, {.control = {{"prerm", script}, {"postrm", script}}}), empty_table, {}).kind ==
        Kind::none);
  for (const auto* name : {"preinst", "config", "postinst"})
    CHECK(review(deb_with(folder, {.control = {{name, script}}}), empty_table, {}).kind == Kind::unknown);
}

TEST_CASE("a package with triggers is also asked what they do") {
  TempDir folder;
  const std::string script = "#!/bin/sh\ncase \"$1\" in triggered) adduser --system frob ;; esac\n";
  CHECK(review(deb_with(folder, {.control = {{"postinst", script}}}), empty_table, {}).kind == Kind::standard);
  const auto deb = deb_with(folder, {.control = {{"postinst", script}, {"triggers", "interest-noawait /usr/frob\n"}}});
  CHECK(review(deb, empty_table, {}).kind == Kind::unknown);
  // It may never be triggered.
  CHECK(script_effects(deb).empty());
}

TEST_CASE("the table models a script with the same rest only") {
  TempDir folder;
  const auto deb = deb_with_postinst(folder, "frob --all\n");
  const auto table = table_of(deb, "directory /var/frob 0755 root:root");
  const auto found = review(deb, table, {});
  CHECK(found.kind == Kind::modelled);
  CHECK(found.rest.empty());
  const auto changed = review(deb_with_postinst(folder, "frob --more\n"), table, {"tool"});
  CHECK(changed.kind == Kind::changed);
  CHECK(changed.rest.size() == 1);
}

TEST_CASE("an unknown package may be accepted by its name") {
  TempDir folder;
  const auto deb = deb_with_postinst(folder, "frob\n");
  CHECK(review(deb, empty_table, {"tool"}).kind == Kind::accepted);
  CHECK(review(deb, empty_table, {"tools"}).kind == Kind::unknown);
}

TEST_CASE("a package that the table refuses is unknown, whatever its scripts are") {
  TempDir folder;
  const EffectTable table("Version: 1\n\nPackage: tool\nEffects: refuse it needs a frob\n");
  const auto deb = deb_with(folder, {});
  const auto found = review(deb, table, {});
  CHECK(found.kind == Kind::unknown);
  CHECK(found.refusal == "it needs a frob");
  CHECK(review(deb, table, {"tool"}).kind == Kind::accepted);
  CHECK(all_effects(deb, table).empty());
}

TEST_CASE("unknown packages are one error with their lines, in plain words, and the way to accept them") {
  TempDir folder;
  const auto deb = deb_with_postinst(folder, "setcap cap_net_raw+ep /bin/tool\nfrob\x1b\n");
  const auto error = failure_of([&] { expect_known({{deb, review(deb, empty_table, {})}}); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "1 package with maintainer scripts that lapstrake does not model");
  CHECK(error.reason() ==
        "nothing was executed\n`tool` 1.0-1: runs frob\\x1b, sets file capabilities (setcap)\n"
        "  postinst line 3: setcap cap_net_raw+ep /bin/tool\n  postinst line 4: frob\\x1b");
  CHECK(error.help() ==
        "`lapstrake explain tool` shows the scripts; add `accept: [tool]` to the `deb:` step if the files are enough "
        "without them");
  CHECK_NOTHROW(expect_known({{deb, review(deb, empty_table, {"tool"})}}));
}

TEST_CASE("a package's effects are those of the table and those of its scripts") {
  TempDir folder;
  const auto deb = deb_with_postinst(folder, "mkdir -p /var/lib/tool\nfrob\n");
  const auto table = table_of(deb, "symlink /usr/lib/@MULTIARCH@/tool /opt/@ARCHITECTURE@");
  CHECK(effects_text(all_effects(deb, table)) ==
        "symlink /usr/lib/x86_64-linux-gnu/tool /opt/amd64\ndirectory /var/lib/tool 0755 root:root\n");
}
