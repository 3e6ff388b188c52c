// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

// A warehouse that keeps books: uses of Kotlin that lean on garbage collection and exceptions.

sealed interface Item {
    val name: String
    val cents: Long
}

data class Tool(override val name: String, override val cents: Long, val grams: Int) : Item

data class Book(override val name: String, override val cents: Long, val authors: List<String>) :
    Item

object Voucher : Item {
    override val name = "voucher"
    override val cents = 500L
}

enum class Shelf(val room: Int) { LOW(1), HIGH(2), COLD(3) }

open class StockException(message: String, cause: Throwable? = null) : Exception(message, cause)

class OutOfStock(val item: Item, val wanted: Int) :
    StockException("only so many of ${item.name}, not $wanted")

interface Ledger {
    fun note(line: String)
    fun lines(): List<String>
}

class MemoryLedger : Ledger {
    private val kept = ArrayList<String>()
    override fun note(line: String) { kept += line }
    override fun lines(): List<String> = kept
}

/** Numbers its lines; everything else is left to another ledger. */
class Numbered(private val inner: Ledger) : Ledger by inner {
    private var count = 0
    override fun note(line: String) = inner.note("${++count}. $line")
}

class Stock(private val ledger: Ledger) {
    private val amounts = LinkedHashMap<Item, Int>()
    private val places = HashMap<String, Shelf>()

    operator fun set(item: Item, amount: Int) {
        require(amount >= 0) { "a negative amount: $amount" }
        amounts[item] = amount
        places[item.name] = Shelf.values()[item.name.length % Shelf.values().size]
        ledger.note("have $amount of ${item.name}")
    }

    operator fun get(item: Item): Int = amounts[item] ?: 0

    fun take(item: Item, wanted: Int): Long {
        val there = this[item]
        try {
            if (there < wanted) throw OutOfStock(item, wanted)
            amounts[item] = there - wanted
            return item.cents * wanted
        } finally {
            ledger.note("asked for $wanted of ${item.name}")
        }
    }

    fun order(wishes: List<Pair<Item, Int>>): Long {
        var sum = 0L
        for ((item, wanted) in wishes) {
            sum += try {
                take(item, wanted)
            } catch (e: OutOfStock) {
                if (e.item is Voucher) throw StockException("order refused", e)
                take(e.item, this[e.item])
            }
        }
        return sum
    }

    fun shelf(item: Item) = places[item.name]

    fun <R : Comparable<R>> sorted(by: (Item) -> R): List<Item> = amounts.keys.sortedBy(by)
}

fun describe(thing: Any?): String = when (thing) {
    null -> "nothing"
    is Tool -> "tool of ${thing.grams} g"
    is Book -> "book by ${thing.authors.joinToString(" and ")}"
    is Item -> "item ${thing.name}"
    is Int -> if (thing < 0) "minus ${-thing}" else "number $thing"
    is Long, is Short -> "wide or short $thing"
    is String -> "text of ${thing.length}: ${thing.reversed()}"
    is List<*> -> thing.joinToString(prefix = "[", postfix = "]") { describe(it) }
    is IntArray -> "ints up to ${thing.maxOrNull()}"
    is Function<*> -> "function"
    else -> "other"
}

/** Merge sort over nodes, so that many short-lived objects point at each other. */
class Node(val value: Int, var next: Node?)

fun sort(list: Node?): Node? {
    if (list?.next == null) return list
    var slow: Node = list
    var fast: Node? = list.next
    while (fast?.next != null) {
        slow = slow.next!!
        fast = fast.next!!.next
    }
    val second = slow.next
    slow.next = null
    var a = sort(list)
    var b = sort(second)
    val head = Node(0, null)
    var tail = head
    while (a != null && b != null) {
        if (a.value <= b.value) { tail.next = a; a = a.next } else { tail.next = b; b = b.next }
        tail = tail.next!!
    }
    tail.next = a ?: b
    return head.next
}

fun nodes(count: Int): Node? {
    var seed = 12345
    var list: Node? = null
    repeat(count) {
        seed = seed * 1103515245 + 12345
        list = Node((seed ushr 8) and 0xffff, list)
    }
    return list
}

fun depth(n: Int): Int = if (n == 0) throw StockException("bottom") else depth(n - 1) + 1

fun outcome(action: () -> Any?): String =
    try {
        describe(action())
    } catch (e: StockException) {
        "${e::class.simpleName}: ${e.message}" + (e.cause?.let { " (${it.message})" } ?: "")
    } catch (e: IndexOutOfBoundsException) {
        "out of bounds"
    } catch (e: NumberFormatException) {
        "not a number"
    } catch (e: IllegalArgumentException) {
        "illegal: ${e.message}"
    } catch (e: ClassCastException) {
        "wrong class"
    } catch (e: RuntimeException) {
        e::class.simpleName ?: "?"
    }

fun main() {
    val ledger = Numbered(MemoryLedger())
    val stock = Stock(ledger)
    val saw = Tool("saw", 1999, 450)
    val atlas = Book("atlas", 4550, listOf("Ada", "Bertil"))
    stock[saw] = 3
    stock[atlas] = 1
    stock[Voucher] = 0

    println(stock.order(listOf(saw to 2, atlas to 5)))
    println(outcome { stock.order(listOf(saw to 1, Voucher to 1)) })
    println(outcome { stock.set(saw, -1) })
    println(stock[saw] to stock[atlas])
    println(stock.sorted { it.cents }.map { it.name })
    println(stock.sorted { it.name }.joinToString { "${it.name}@${stock.shelf(it)}" })
    println(ledger.lines().size)
    ledger.lines().forEach(::println)

    println(saw.copy(grams = 500) == saw)
    println(saw.copy() == saw && saw.copy().hashCode() == saw.hashCode())
    println(atlas)
    val things = listOf(
        null, saw, atlas, Voucher, -7, 8, 9L, 3.toShort(), "grüße", listOf(1, "ab"),
        intArrayOf(4, 2), { 1 }, 'c',
    )
    things.forEach { println(describe(it)) }

    val any: Any = "text"
    println(outcome { any as Tool })
    println(outcome { (any as? Tool)?.grams })
    println(outcome { listOf(1, 2)[2] })
    println(outcome { intArrayOf(1)[1] })
    println(outcome { "12x".toInt() })
    println(outcome { emptyList<Int>().first() })
    println(outcome { depth(500) })
    println(outcome { null!! })

    var sum = 0L
    var before = -1
    var ordered = true
    var node = sort(nodes(20_000))
    while (node != null) {
        ordered = ordered && before <= node.value
        before = node.value
        sum += node.value
        node = node.next
    }
    println("$ordered $sum")

    val words = "the quick brown fox jumps over the lazy dog and the cat".split(' ')
    val counted = words.groupingBy { it }.eachCount().entries
        .sortedWith(compareByDescending<Map.Entry<String, Int>> { it.value }.thenBy { it.key })
    println(counted.take(3).joinToString { "${it.key}=${it.value}" })
    println(generateSequence(1 to 1) { (a, b) -> b to a + b }.map { it.first }.take(15).toList())
    val text = buildString { for (c in 'a'..'z' step 5) append(c.uppercaseChar()).append(c) }
    println(text + " " + text.hashCode())
    println(1.0 / 3 * 3 == 1.0)
    println(listOf(0.1 + 0.2, 2.5, Double.NaN, 10.0 / 3))
    println("%".repeat(3) + "äöü€😀".map { it.code }.sum())
    var caught = 0
    repeat(10_000) {
        try {
            try {
                if (it % 3 == 0) throw StockException("x") else if (it % 3 == 1) error("y")
            } catch (e: StockException) {
                throw RuntimeException(e)
            } finally {
                caught++
            }
        } catch (e: RuntimeException) {
            caught += if (e.cause is StockException) 10 else 100
        }
    }
    println(caught)
}

/** For the host to call, after all of the above. */
@WasmExport
fun sorted(count: Int): Int {
    var descents = 0
    var node = sort(nodes(count))
    while (node?.next != null) {
        if (node.value > node.next!!.value) descents++
        node = node.next
    }
    println("$count sorted, $descents descents")
    return descents
}
