import ONNXFormat
import Testing
import _TestSupport

@Suite("Graphs as text")
struct GraphTextTests {
  @Test("read and print the same")
  func roundTrip() {
    let lines = """
      h = Conv<kernel_shape=[3, 3], auto_pad="SAME_UPPER">(x, w, )
      a, b = Split<axis=-1>(h)
      c = LeakyRelu<alpha=0.25>(a)
      d = com.microsoft.Gelu(b)
      e = Constant<value_floats=[1.0, 2.5]>()
      f = Identity<names=["p", "q"]>(e)
      """
    #expect(text(of: nodes(lines)) == lines)
  }

  @Test("leave out what follows a number sign, and empty lines")
  func comments() {
    #expect(text(of: nodes("\n  y = Relu(x)  # why\n\n")) == "y = Relu(x)")
  }
}
