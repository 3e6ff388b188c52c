// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Mode;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Trees of modules in the text format, in every mode. */
final class Trees {
    private Trees() {}

    static Node node(String name, String text) {
        return Node.of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    static Engine engine(Mode mode) {
        return Engine.create(EngineConfig.defaults().withMode(mode));
    }

    static Engine engine() {
        return engine(Mode.FAST);
    }

    static ModuleTree link(Mode mode, Node root, Grants grants) {
        return ModuleTree.link(engine(mode), Manifest.of(root, grants));
    }

    static ModuleTree link(Node root, Grants grants) {
        return link(Mode.FAST, root, grants);
    }

    static List<Mode> modes() {
        return List.copyOf(Mode.available());
    }

    static String refused(Node root, Grants grants) {
        return assertThrows(TreeException.class, () -> link(root, grants).close()).getMessage();
    }

    static int call(ModuleTree tree, String path, String function, Object... args) {
        return (int) tree.instance(path).func(function).call(args)[0];
    }
}
