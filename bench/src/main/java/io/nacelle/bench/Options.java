// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The arguments of a benchmark: {@code --name value}, {@code --flag}, and the rest. */
public record Options(Map<String, String> named, List<String> rest) {
    /**
     * Reads arguments.
     *
     * @param flags the options without a value
     * @param valued the options with one
     */
    public static Options parse(String[] args, Set<String> flags, Set<String> valued) {
        var named = new HashMap<String, String>();
        var rest = new java.util.ArrayList<String>();
        for (int i = 0; i < args.length; i++) {
            var arg = args[i];
            if (flags.contains(arg)) {
                named.put(arg, "");
            } else if (valued.contains(arg) && i + 1 < args.length) {
                named.put(arg, args[++i]);
            } else if (arg.startsWith("--")) {
                System.err.println("unknown option or missing value: " + arg);
                System.exit(2);
            } else {
                rest.add(arg);
            }
        }
        return new Options(Map.copyOf(named), List.copyOf(rest));
    }

    public boolean has(String flag) {
        return named.containsKey(flag);
    }

    public String get(String name, String otherwise) {
        return named.getOrDefault(name, otherwise);
    }

    public int get(String name, int otherwise) {
        return has(name) ? Integer.parseInt(named.get(name)) : otherwise;
    }
}
