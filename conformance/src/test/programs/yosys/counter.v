// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

// A loadable counter with a seven-segment decoder: small, and yet every pass has something to do.
module counter #(parameter WIDTH = 8) (
    input wire clock,
    input wire reset,
    input wire load,
    input wire [WIDTH-1:0] value,
    output reg [WIDTH-1:0] count,
    output wire zero,
    output reg [6:0] segments
);
    always @(posedge clock) begin
        if (reset) count <= 0;
        else if (load) count <= value;
        else count <= count + 1'b1;
    end

    assign zero = count == 0;

    always @* begin
        case (count[3:0])
            4'h0: segments = 7'b0111111;
            4'h1: segments = 7'b0000110;
            4'h2: segments = 7'b1011011;
            4'h3: segments = 7'b1001111;
            4'h4: segments = 7'b1100110;
            4'h5: segments = 7'b1101101;
            4'h6: segments = 7'b1111101;
            4'h7: segments = 7'b0000111;
            4'h8: segments = 7'b1111111;
            4'h9: segments = 7'b1101111;
            4'ha: segments = 7'b1110111;
            4'hb: segments = 7'b1111100;
            4'hc: segments = 7'b0111001;
            4'hd: segments = 7'b1011110;
            4'he: segments = 7'b1111001;
            default: segments = 7'b1110001;
        endcase
    end
endmodule
