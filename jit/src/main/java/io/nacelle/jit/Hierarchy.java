// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassHierarchyResolver.ClassHierarchyInfo;
import java.util.Map;

/**
 * What the maker of stack maps is told of classes: few types meet where control joins, and those
 * are all alike, or of one line of exceptions.
 */
final class Hierarchy {
    private static final ClassHierarchyInfo OBJECT = ClassHierarchyInfo.ofClass(Names.OBJECT);

    private static final Map<java.lang.constant.ClassDesc, ClassHierarchyInfo> KNOWN =
            Map.of(Names.OBJECT, ClassHierarchyInfo.ofClass(null));

    /** Every class is taken for one right below Object. */
    static final ClassHierarchyResolver RESOLVER = type -> KNOWN.getOrDefault(type, OBJECT);

    private Hierarchy() {}
}
