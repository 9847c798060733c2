import { describe, expect, it } from 'vitest';
import { dropOf46, paperZ, radiusOf43, ratioOf45, shoreQuantile, thetaOf } from './paper-formulas.js';

describe('the formulas of the paper', () => {
  it('use a two-sided z', () => {
    // scipy: norm.isf(0.0005).
    expect(paperZ(0.001)).toBeCloseTo(3.2905267314918945, 9);
  });

  it('4.3 claims 1.73 where 1.35 can be proved, and 0.53 for 25 samples, as published', () => {
    // scipy, from the formula itself.
    expect(radiusOf43(0.01, 100, 0.001)).toBeCloseTo(1.7251897915958283, 9);
    expect(radiusOf43(0.1, 25, 0.001)).toBeCloseTo(0.5288906189632545, 9);
    expect(radiusOf43(0.4, 100, 0.001)).toBe(0);
  });

  it('have an approximation of the quantile that ends at 5.063', () => {
    expect(shoreQuantile(1)).toBe(5.063);
    expect(shoreQuantile(0.5)).toBe(0);
    // Φ⁻¹(0.975) = 1.95996, within 2 %.
    expect(Math.abs(shoreQuantile(0.975) / 1.959963984540054 - 1)).toBeLessThan(0.02);
  });

  // By scipy.integrate.quad over √(Φ(x)Φ(−x)), divided by norm.pdf(norm.ppf(β)).
  it.each([
    [0.5, 2.023781299646713],
    [0.7, 1.589357001698197],
    [0.8, 1.4858807780486212],
    [0.95, 1.6267925673832289],
  ])('4.5 for p uniform on [%d, 1) has Θ = %d', (beta, theta) => {
    expect(thetaOf(beta)).toBeCloseTo(theta, 6);
  });

  it('4.5 and 4.6 fall with √n, and end at nothing and at everything', () => {
    // 3.2905267 / √1000 = 0.1040556.
    expect(dropOf46(1_000, 0.001)).toBeCloseTo(0.1040556, 6);
    expect(ratioOf45(2, 1_000, 0.001)).toBeCloseTo(1 - 2 * 0.1040556, 6);
    expect(dropOf46(10, 0.001)).toBe(1);
    expect(ratioOf45(2, 10, 0.001)).toBe(0);
  });
});
