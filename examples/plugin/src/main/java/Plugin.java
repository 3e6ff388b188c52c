import io.nacelle.runtime.*;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.text.TextParser;

interface Prices { int price(int amount, int each); }

void main() throws IOException {
    var engine = Engine.create();
    var module = Module.of(engine, TextParser.parse(Files.readAllBytes(Path.of("plugin.wat"))));
    try (var store = Store.create(engine)) {
        var prices = Linker.create(store).instantiate(module).as(MethodHandles.lookup(), Prices.class);
        IO.println(prices.price(12, 100));
    }
}
