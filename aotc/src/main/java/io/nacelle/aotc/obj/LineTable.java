// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.obj;

import java.util.Arrays;

/**
 * Which line each instruction comes from: the line of the last place at or before it.
 *
 * @param places offsets in the code, ascending
 * @param lines the line from each of them on; 0 for none
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and handed on as they are.
public record LineTable(int[] places, int[] lines) {
    /** The line of the instruction at an offset, or 0. */
    public int lineAt(int offset) {
        int found = Arrays.binarySearch(places, offset);
        int i = found >= 0 ? found : -found - 2;
        return i < 0 ? 0 : lines[i];
    }
}
