import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';

/** The ways in which a system writes phone numbers; what is no number, such as a sender's name, stays as it came. */
export type PhoneNumbers = {
  /** Why no text message can go to `text`, as the end of a sentence; null when one can. */
  objection: (text: string) => string | null;
  /** `+447700900123` */
  toE164: (text: string) => string;
  /** `447700900123` */
  toDigits: (text: string) => string;
  /** `07700900123` for a number of the system's own country, `33612345678` for another. */
  toNational: (text: string) => string;
};

/**
 * The numbers of one country, and of all others when they are written with `+`. Only the length is judged: the numbers
 * that regulators keep for examples and drama belong to no range, and have to work.
 */
export function phoneNumbersOf(country: CountryCode, example: string): PhoneNumbers {
  const parse = (text: string) => {
    const number = parsePhoneNumberFromString(text, country);
    return number?.isPossible() ? number : null;
  };
  const toDigits = (text: string): string => parse(text)?.number.slice(1) ?? text;

  return {
    objection: (text) => (parse(text) ? null : `must be a phone number such as ${example}`),
    toE164: (text) => parse(text)?.number ?? text,
    toDigits,
    toNational: (text) => {
      const number = parse(text);
      const home = parsePhoneNumberFromString(example, country);
      return number && number.countryCallingCode === home?.countryCallingCode
        ? number.formatNational().replaceAll(/\D/g, '')
        : toDigits(text);
    },
  };
}
