// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Trap;
import io.nacelle.wasi.Access;
import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.fs.FileSystem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a child is handed, and everything it might try to get at more. */
final class GrantsTest {
    private static final int SUCCESS = 0;
    private static final int NOENT = 44;
    private static final int NOTDIR = 54;
    private static final int LOOP = 32;
    private static final int ROFS = 69;
    private static final int NOTCAPABLE = 76;
    private static final int PERM = 63;

    /** Opens a path beneath the first directory, for reading or to create it. */
    private static final String OPENS =
            """
            (module
              (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "path_symlink"
                (func $link (param i32 i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "path_rename"
                (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "read") (param i32) (result i32)
                (call $open (i32.const 3) (i32.const 1) (i32.const 1024) (local.get 0)
                  (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
              (func (export "create") (param i32) (result i32)
                (call $open (i32.const 3) (i32.const 1) (i32.const 1024) (local.get 0)
                  (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))
              ;; A link named "l" to the path; the directory "d" renamed to "e".
              (func (export "link") (param i32) (result i32)
                (i32.store8 (i32.const 16) (i32.const 108))
                (call $link (i32.const 1024) (local.get 0) (i32.const 3) (i32.const 16)
                  (i32.const 1)))
              (func (export "more") (result i32)
                (call $open (i32.const 4) (i32.const 1) (i32.const 1024) (i32.const 1)
                  (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0))))
            """;

    private static final String EMPTY = "(module)";

    @TempDir private Path directory;

    static List<Mode> modes() {
        return Trees.modes();
    }

    private static int on(ModuleTree tree, String place, String function, String path) {
        var instance = tree.instance(place);
        var bytes = path.getBytes(StandardCharsets.UTF_8);
        instance.memory("memory").write(1024, bytes, 0, bytes.length);
        return (int) instance.func(function).call(bytes.length)[0];
    }

    private Path files() throws Exception {
        var data = Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(data.resolve("in/deep"));
        Files.createDirectories(data.resolve("private"));
        Files.writeString(data.resolve("in/a"), "a");
        Files.writeString(data.resolve("private/key"), "key");
        Files.writeString(directory.resolve("outside"), "outside");
        return data;
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aDirectoryIsTheWholeWorld(Mode mode) throws Exception {
        var data = files();
        Files.createSymbolicLink(data.resolve("in/up"), Path.of("../private/key"));
        Files.createSymbolicLink(data.resolve("in/abs"), data.resolve("private/key"));
        Files.createSymbolicLink(data.resolve("in/dir"), Path.of("../private"));
        var root =
                Trees.node("app", EMPTY)
                        .withChild(
                                Trees.node("zip", OPENS)
                                        .withGrants(
                                                Handed.nothing()
                                                        .directory(
                                                                "/data/in",
                                                                "/",
                                                                Access.READ_WRITE)));
        var grants = Grants.none().withDirectory(data, "/data", Access.READ_WRITE);
        try (var tree = Trees.link(mode, root, grants)) {
            assertEquals(SUCCESS, on(tree, "app/zip", "read", "a"));
            assertEquals(SUCCESS, on(tree, "app/zip", "read", "deep/../a"));
            for (var path :
                    List.of(
                            "../private/key",
                            "deep/../../private/key",
                            "up",
                            "abs",
                            "dir/key",
                            "/etc/passwd",
                            data.resolve("private/key").toString(),
                            "../../outside",
                            "./.././private/key")) {
                for (var function : List.of("read", "create")) {
                    int errno = on(tree, "app/zip", function, path);
                    assertTrue(
                            List.of(NOENT, NOTDIR, LOOP, NOTCAPABLE, PERM).contains(errno),
                            path + " " + errno);
                }
            }
            // ZipSlip, and a link that leads out put there by the child itself.
            assertEquals(SUCCESS, on(tree, "app/zip", "create", "fine"));
            on(tree, "app/zip", "create", "../slip");
            on(tree, "app/zip", "create", "deep/../../slip");
            assertTrue(Files.notExists(data.resolve("slip")));
            assertTrue(Files.exists(data.resolve("in/fine")));
            on(tree, "app/zip", "link", "../private/key");
            assertTrue(on(tree, "app/zip", "read", "l") != SUCCESS);
            // There is no second directory.
            assertTrue((int) tree.instance("app/zip").func("more").call()[0] != SUCCESS);
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void theSameImportReachesOtherThingsInOtherChildren(Mode mode) throws Exception {
        var data = files();
        var root =
                Trees.node("app", EMPTY)
                        .withChild(
                                Trees.node("in", OPENS)
                                        .withGrants(
                                                Handed.nothing()
                                                        .directory(
                                                                "/data/in",
                                                                "/x",
                                                                Access.READ_ONLY)))
                        .withChild(
                                Trees.node("private", OPENS)
                                        .withGrants(
                                                Handed.nothing()
                                                        .directory(
                                                                "/data/private",
                                                                "/x",
                                                                Access.READ_WRITE)));
        var grants = Grants.none().withDirectory(data, "/data", Access.READ_WRITE);
        try (var tree = Trees.link(mode, root, grants)) {
            assertEquals(SUCCESS, on(tree, "app/in", "read", "a"));
            assertEquals(NOENT, on(tree, "app/in", "read", "key"));
            assertEquals(ROFS, on(tree, "app/in", "create", "new"));
            assertEquals(SUCCESS, on(tree, "app/private", "read", "key"));
            assertEquals(NOENT, on(tree, "app/private", "read", "a"));
            assertEquals(SUCCESS, on(tree, "app/private", "create", "new"));
        }
    }

    /** Whoever has the whole directory may put a link in the way to a part of it. */
    @Test
    void theWayToADirectoryFollowsNoLinks() throws Exception {
        var data = files();
        Files.createSymbolicLink(data.resolve("link"), directory);
        var root =
                Trees.node("app", EMPTY)
                        .withChild(
                                Trees.node("c", OPENS)
                                        .withGrants(
                                                Handed.nothing()
                                                        .directory(
                                                                "/data/link",
                                                                "/",
                                                                Access.READ_ONLY)));
        var grants = Grants.none().withDirectory(data, "/data", Access.READ_ONLY);
        try (var tree = Trees.link(root, grants)) {
            assertTrue(on(tree, "app/c", "read", "outside") != SUCCESS);
        }
    }

    @Test
    void subdirectoriesOfOtherFileSystemsAreNarrowedToo() {
        var files = FileSystem.inMemory(1 << 16);
        var writes =
                Trees.node("app", OPENS)
                        .withChild(
                                Trees.node("c", OPENS)
                                        .withGrants(
                                                Handed.nothing()
                                                        .directory("/mem", "/", Access.READ_ONLY)));
        try (var tree =
                Trees.link(
                        writes, Grants.none().withFileSystem(files, "/mem", Access.READ_WRITE))) {
            assertEquals(SUCCESS, on(tree, "app", "create", "x"));
            assertEquals(SUCCESS, on(tree, "app/c", "read", "x"));
            assertEquals(ROFS, on(tree, "app/c", "create", "y"));
        }
    }

    private static GrantException narrowed(Grants grants, Handed handed) {
        return assertThrows(GrantException.class, () -> grants.narrow(handed));
    }

    @Test
    void nothingIsHandedDownThatIsNotHeld() {
        var nothing = Grants.none();
        var all =
                List.of(
                        Handed.nothing().clocks(),
                        Handed.nothing().random(),
                        Handed.nothing().stdin(),
                        Handed.nothing().stdout(),
                        Handed.nothing().stderr(),
                        Handed.nothing().exit(),
                        Handed.nothing().environment("HOME"),
                        Handed.nothing().socket("web"),
                        Handed.nothing().host("log"),
                        Handed.nothing().channel("jobs", ChannelRight.SEND),
                        Handed.nothing().buffer("page", BufferRight.READ),
                        Handed.nothing().directory("/", "/", Access.READ_ONLY));
        for (var handed : all) {
            var fault = narrowed(nothing, handed);
            assertTrue(fault.getMessage().contains("the parent does not hold it"));
        }
        assertEquals(
                "descriptors 2000", narrowed(nothing, Handed.nothing().descriptors(2000)).grant());
    }

    @Test
    void narrowingCannotBeUndone() {
        var files = FileSystem.inMemory(1000);
        var grants =
                Grants.none()
                        .withFileSystem(files, "/data", Access.READ_WRITE)
                        .withChannel("jobs", Channel.create(1, 10))
                        .withBuffer("page", SharedBuffer.create(10))
                        .withDescriptorLimit(100)
                        .withVariable("A", "1")
                        .withClocks(Clocks.system());
        var child =
                grants.narrow(
                        Handed.nothing()
                                .directory("/data/in", "/in", Access.READ_ONLY)
                                .channel("jobs", ChannelRight.SEND)
                                .buffer("page", BufferRight.READ)
                                .descriptors(10));
        for (var handed :
                List.of(
                        Handed.nothing().directory("/in", "/in", Access.READ_WRITE),
                        Handed.nothing().directory("/in/deep", "/in", Access.READ_WRITE),
                        Handed.nothing().directory("/data", "/in", Access.READ_ONLY),
                        Handed.nothing().directory("/", "/in", Access.READ_ONLY),
                        Handed.nothing().directory("/i", "/in", Access.READ_ONLY),
                        Handed.nothing().channel("jobs", ChannelRight.RECEIVE),
                        Handed.nothing().buffer("page", BufferRight.WRITE),
                        Handed.nothing().buffer("page", BufferRight.OWN),
                        Handed.nothing().descriptors(11),
                        Handed.nothing().environment("A"),
                        Handed.nothing().clocks())) {
            narrowed(child, handed);
        }
        for (var up : List.of("/in/..", "/in/../data", "..", "/in/deep/../../x")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Handed.nothing().directory(up, "/x", Access.READ_ONLY));
        }
        // The same again is no more.
        child.narrow(
                Handed.nothing()
                        .directory("/in", "/other", Access.READ_ONLY)
                        .channel("jobs", ChannelRight.SEND)
                        .buffer("page", BufferRight.READ));
    }

    @Test
    void errorsNameThePathTheGrantAndTheParent() {
        var deep =
                Trees.node("app", EMPTY)
                        .withChild(
                                Trees.node("codec", EMPTY)
                                        .withGrants(
                                                Handed.nothing()
                                                        .directory("/d", "/d", Access.READ_ONLY))
                                        .withChild(
                                                Trees.node("zip", EMPTY)
                                                        .withGrants(
                                                                Handed.nothing()
                                                                        .directory(
                                                                                "/d",
                                                                                "/d",
                                                                                Access
                                                                                        .READ_WRITE))));
        var grants = Grants.none().withFileSystem(FileSystem.inMemory(10), "/d", Access.READ_WRITE);
        assertEquals(
                "app/codec/zip: the grant directory /d cannot be handed down: `codec` may only"
                        + " read it, and hands it down for writing",
                Trees.refused(deep, grants));
    }

    @Test
    void aSocketIsHeldOnce() {
        var child = Handed.nothing().socket("web");
        var root =
                Trees.node("app", EMPTY)
                        .withChild(Trees.node("a", EMPTY).withGrants(child))
                        .withChild(Trees.node("b", EMPTY).withGrants(child));
        assertEquals(
                "app/b: the grant socket web cannot be handed down: `a` has it",
                Trees.refused(
                        root,
                        Grants.none().withListener("web", new InetSocketAddress("127.0.0.1", 0))));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void environmentAndArgumentsAreEachChildsOwn(Mode mode) {
        var counts =
                """
                (module
                  (import "wasi_snapshot_preview1" "environ_sizes_get"
                    (func $env (param i32 i32) (result i32)))
                  (import "wasi_snapshot_preview1" "args_sizes_get"
                    (func $args (param i32 i32) (result i32)))
                  (memory (export "memory") 1)
                  (func (export "sizes") (result i32)
                    (drop (call $env (i32.const 0) (i32.const 4)))
                    (drop (call $args (i32.const 8) (i32.const 12)))
                    (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10))
                      (i32.load (i32.const 8)))))
                """;
        var root =
                Trees.node("app", counts)
                        .withChild(Trees.node("none", counts))
                        .withChild(
                                Trees.node("some", counts)
                                        .withGrants(
                                                Handed.nothing()
                                                        .environment("A")
                                                        .variable("C", "x")
                                                        .variable("D", "x")
                                                        .arguments(List.of("x"))));
        var grants =
                Grants.none()
                        .withVariable("A", "1")
                        .withVariable("SECRET", "2")
                        .withArguments(List.of("app", "x"));
        try (var tree = Trees.link(mode, root, grants)) {
            assertEquals(22, Trees.call(tree, "app", "sizes"));
            assertEquals(0, Trees.call(tree, "app/none", "sizes"));
            assertEquals(31, Trees.call(tree, "app/some", "sizes"));
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aSiblingsMemoryCannotBeReached(Mode mode) {
        var vault =
                """
                (module (memory (export "memory") 1) (data (i32.const 0) "secret")
                  (func (export "answer") (result i32) (i32.const 42)))
                """;
        // All that a guest has is its own memory, whatever addresses it uses.
        var reads =
                """
                (module (import "v" "answer" (func $a (result i32)))
                  (memory 1)
                  (func (export "at") (param i32) (result i32)
                    (drop (call $a)) (i32.load8_u (local.get 0))))
                """;
        var root =
                Trees.node("app", EMPTY)
                        .withChild(Trees.node("vault", vault))
                        .withChild(
                                Trees.node("evil", reads)
                                        .withImport(
                                                "v", ImportSource.sibling("vault").only("answer")));
        try (var tree = Trees.link(mode, root, Grants.none())) {
            for (int at = 0; at < 1 << 16; at += 97) {
                assertEquals(0, Trees.call(tree, "app/evil", "at", at));
            }
            for (int at : List.of(1 << 16, -1, Integer.MIN_VALUE, -(1 << 16))) {
                assertThrows(Trap.class, () -> Trees.call(tree, "app/evil", "at", at));
            }
        }
    }
}
